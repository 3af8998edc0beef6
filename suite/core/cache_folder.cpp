#include "suite/core/cache_folder.h"

#include <cstdlib>

namespace dsqbench {

std::filesystem::path user_cache_folder() {
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
        return std::filesystem::path(cache) / "dsqbench";
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        return std::filesystem::path(home) / ".cache/dsqbench";
    return {};
}

}  // namespace dsqbench
