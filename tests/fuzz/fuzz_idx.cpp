// The IDX reader, plain and gzip, and the pairing of images with labels. Only Error may escape.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "suite/core/error.h"
#include "suite/data/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    if (size == 0) return 0;
    // The first byte is the length of the label file that follows; the rest is the image file.
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());
    try {
        const IdxArray images = parse_idx(bytes.substr(cut), "images");
        labelled_images(images, parse_idx(bytes.substr(0, cut), "labels"), 10);
    } catch (const Error&) {
    }
    return 0;
}
