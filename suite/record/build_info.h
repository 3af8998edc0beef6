// Facts about this binary that were fixed when it was built.
#pragma once

#include <string>

namespace dsqbench {

struct BuildInfo {
    std::string commit;  // hash, with "-dirty" when the sources differed from it; "unknown" outside a checkout
    std::string version;
    std::string compiler;    // "GNU 12.2.0"
    std::string build_type;  // "Release"
};

BuildInfo build_info();

}  // namespace dsqbench
