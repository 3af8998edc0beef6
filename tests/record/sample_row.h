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

}  // namespace dsqbench
