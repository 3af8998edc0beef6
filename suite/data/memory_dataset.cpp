#include "suite/data/memory_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "suite/core/error.h"
#include "suite/core/hash.h"

namespace dsqbench {

namespace {

// Little-endian whatever the machine, so that a fingerprint means the same everywhere.
std::string label_bytes(const std::vector<std::int32_t>& labels) {
    std::string bytes;
    bytes.reserve(labels.size() * 4);
    for (const std::int32_t label : labels)
        for (int shift = 0; shift < 32; shift += 8)
            bytes += static_cast<char>((static_cast<std::uint32_t>(label) >> shift) & 255u);
    return bytes;
}

std::string fingerprint_of(const LabelledImages& images) {
    const ImageShape& shape = images.shape;
    Sha256 hash;
    hash.update(fmt::format("dsqbench images 1\n{}\n{} {} {} {} {}\n", images.source, images.labels.size(),
                            shape.channels, shape.height, shape.width, images.classes));
    hash.update({reinterpret_cast<const char*>(images.pixels.data()), images.pixels.size()});
    return hash.update(label_bytes(images.labels)).hex_digest();
}

}  // namespace

void check_labels(const LabelledImages& images, const std::string& place) {
    for (std::size_t i = 0; i < images.labels.size(); ++i) {
        if (images.labels[i] >= 0 && images.labels[i] < images.classes) continue;
        throw Error(
            ExitCode::data,
            fmt::format("image {} has label {}, but the set has {} classes", i, images.labels[i], images.classes),
            "the file is damaged or belongs to another set: get it again", place);
    }
}

MemoryDataset::MemoryDataset(LabelledImages images)
    : images_(std::move(images)), fingerprint_(fingerprint_of(images_)) {}

void MemoryDataset::image(std::int64_t index, std::uint8_t* pixels) const {
    const std::size_t bytes = images_.shape.bytes();
    std::copy_n(images_.pixels.data() + static_cast<std::size_t>(index) * bytes, bytes, pixels);
}

}  // namespace dsqbench
