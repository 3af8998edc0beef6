// What lies where in a folder of archives, remembered: the headers of ImageNet's training archives are 1.3 million
// blocks all over 138 GB, their index one file of 80 MB.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "suite/core/cache_folder.h"
#include "suite/data/tar.h"

namespace dsqbench {

struct TarIndexing {
    std::filesystem::path folder = user_cache_folder();  // where indexes are kept; else beside the archives
    std::size_t fewest_members = 10000;                  // of a folder; the headers of fewer are read as fast
};

// tar_members() of each of the archives, which lie in one folder. What the index says of an archive counts as long as
// size and time of change are what they were and some members are where it says; the index counts as long as its
// checksum fits. Otherwise the headers are read, and the index is written anew where that is possible.
std::vector<std::vector<TarMember>> indexed_tar_members(const std::vector<std::filesystem::path>& archives,
                                                        const TarIndexing& indexing = {});

}  // namespace dsqbench
