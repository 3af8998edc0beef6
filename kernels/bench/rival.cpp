#include "kernels/bench/rival.h"

#include "suite/core/text.h"

namespace dsqbench {

bool RivalLimits::excludes_avx512() const {
#if defined(__x86_64__)
    if (!allowed || __builtin_cpu_supports("avx512f") == 0) return false;
    return name(*allowed).find("avx512") == std::string::npos;
#else
    return false;
#endif
}

std::vector<MissingRival> missing_rivals() {
    std::vector<MissingRival> missing;
    // "library=reason;library=reason", from CMake.
    for (const std::string& entry : split(DSQBENCH_MISSING_RIVALS, ';')) {
        const auto equals = entry.find('=');
        if (equals != std::string::npos) missing.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    }
    return missing;
}

}  // namespace dsqbench
