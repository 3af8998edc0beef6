// Where files may be kept that can be made anew.
#pragma once

#include <filesystem>

namespace dsqbench {

// $XDG_CACHE_HOME/dsqbench or ~/.cache/dsqbench; "" where neither variable holds an absolute path.
std::filesystem::path user_cache_folder();

}  // namespace dsqbench
