// A data set's images as a few large tar archives, which file systems read faster than a million small files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "suite/data/stored_images.h"

namespace dsqbench {

struct PackOptions {
    std::uint64_t archive_bytes = std::uint64_t{1} << 30;  // after which the next archive begins
    std::function<void(double fraction)> on_progress = [](double) {};
};

struct Packed {
    std::int64_t images = 0, archives = 0;
    std::uint64_t bytes = 0;
};

// Writes `target`/00000.tar and on, of <class>/<image> as they are, in an order that mixes the classes and is always
// the same. `target` comes into being when all is written. Throws Error(failed) where it is there already, or the disk
// full.
Packed pack(const StoredImages& images, const std::filesystem::path& target, const PackOptions& options);

}  // namespace dsqbench
