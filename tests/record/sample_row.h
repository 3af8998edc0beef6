// A row that check_row() accepts, for tests to bend.
#pragma once

#include <cstdint>
#include <string>

#include "suite/core/hash.h"
#include "suite/record/row.h"

namespace dsqbench {

inline Row sample_row(const std::string& label = "dsq", std::uint64_t seed = 0, double top1 = 87.5) {
    return {{"schema_version", row_schema_version},
            {"kind", "training"},
            {"time", "2026-11-23T09:41:07Z"},
            {"machine", "test-board"},
            {"commit", "0123456789abcdef0123456789abcdef01234567"},
            {"version", "0.1.0"},
            {"compiler", "GNU 12.2.0"},
            {"recipe", "small"},
            {"recipe_id", sha256_hex("recipe of " + label)},
            {"protocol_id", sha256_hex("protocol")},
            {"label", label},
            {"weight_quantizer", label},
            {"activation_quantizer", label},
            {"weight_bits", 2},
            {"activation_bits", 2},
            {"dataset", "synthetic"},
            {"dataset_fingerprint", sha256_hex("data")},
            {"model", "resnet8"},
            {"model_width", 8},
            {"seed", seed},
            {"epochs", 2},
            {"outcome", "finished"},
            {"top1", top1},
            {"train_images", 2048},
            {"evaluated_on", "test"},
            {"test_images", 512},
            {"images_per_second", 1600.0},
            {"publishable", true},
            {"run_directory", "runs/small/" + label + "-s" + std::to_string(seed)}};
}

inline Row sample_kernel_row(const std::string& variant = "avx2/dictionary", double median_ns = 450000.0) {
    return {{"schema_version", row_schema_version},
            {"kind", "kernel"},
            {"time", "2026-11-23T09:41:07Z"},
            {"machine", "test-board"},
            {"commit", "0123456789abcdef0123456789abcdef01234567"},
            {"version", "0.1.0"},
            {"network", "resnet18"},
            {"layer", "stage1"},
            {"shape", "n1h56w56c64k64r3s3t1p1g1"},
            {"method", "measured"},
            {"variant", variant},
            {"instruction_set", "avx2"},
            {"weight_bits", 2},
            {"activation_bits", 2},
            {"threads", 1},
            {"cache", "warm"},
            {"nominal_macs", 115605504},
            {"real_macs", 112885760},
            {"median_ns", median_ns},
            {"check", "passed"},
            {"publishable", true}};
}

inline Row sample_network_row(double median_ns = 5e6) {
    return {{"schema_version", row_schema_version},
            {"kind", "network"},
            {"time", "2026-11-23T09:41:07Z"},
            {"machine", "test-board"},
            {"commit", "0123456789abcdef0123456789abcdef01234567"},
            {"version", "0.1.0"},
            {"network", "resnet8"},
            {"label", "dsq"},
            {"method", "measured"},
            {"variant", "dsqbench"},
            {"instruction_set", "avx2"},
            {"weight_bits", 2},
            {"activation_bits", 2},
            {"threads", 1},
            {"batch", 1},
            {"kernel_choice", "measured cost"},
            {"timed", true},
            {"median_ns", median_ns},
            {"check", "passed"},
            {"weights", "trained"},
            {"weights_sha256", sha256_hex("weights")},
            {"publishable", true}};
}

}  // namespace dsqbench
