// A row of kind "throughput" that check_row() accepts, for tests to bend.
#pragma once

#include <string>

#include "suite/record/row.h"

namespace dsqbench {

inline Row sample_throughput_row(const std::string& rival = "pillow", double ratio = 1.5) {
    return {{"schema_version", row_schema_version},
            {"kind", "throughput"},
            {"time", "2026-11-23T09:41:07Z"},
            {"machine", "test-board"},
            {"commit", "0123456789abcdef0123456789abcdef01234567"},
            {"version", "0.1.0"},
            {"workload", "image preparation"},
            {"input", "imagenet, 100 images"},
            {"processes", 1},
            {"threads", 1},
            {"clock", "processor"},
            {"rounds", 11},
            {"rate_unit", "images/s"},
            {"rate", 150.0},
            {"rate_lowest", 140.0},
            {"rate_highest", 155.0},
            {"rival", rival},
            {"rival_rate", 150.0 / ratio},
            {"rival_ratio", ratio},
            {"rival_ratio_lowest", ratio - 0.1},
            {"rival_ratio_highest", ratio + 0.1},
            {"command", "scripts/compare_loader"},
            {"publishable", true}};
}

}  // namespace dsqbench
