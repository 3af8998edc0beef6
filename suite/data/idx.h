// IDX, the format of MNIST and its followers: two zero bytes, an element type, a rank, big-endian dimensions, raw data.
// http://yann.lecun.com/exdb/mnist/, "The IDX file format". Only unsigned bytes are read; plain or gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "suite/data/memory_dataset.h"

namespace dsqbench {

struct IdxArray {
    std::vector<std::int64_t> dimensions;  // 1 to 3 of them
    std::string values;                    // row-major, as many as the product of the dimensions
    std::string place;                     // the file, for messages
};

// Throws Error(data) at `place` for anything but one whole array of at most 1 GiB.
IdxArray parse_idx(std::string_view bytes, const std::string& place);
IdxArray read_idx(const std::filesystem::path& path);

// `images` [N, H, W] and `labels` [N] as grey images. Throws Error(data) when they do not belong together.
LabelledImages labelled_images(const IdxArray& images, const IdxArray& labels, int classes);

}  // namespace dsqbench
