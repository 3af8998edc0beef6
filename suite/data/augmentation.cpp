#include "suite/data/augmentation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// What is drawn for one image: where the crop lies relative to the image, and whether it is mirrored. The order of the
// draws is part of what a seed means.
struct Draw {
    int down = 0, right = 0;
    bool mirrored = false;
};

Draw draw(const Augmentation& augmentation, Random& random) {
    Draw drawn;
    if (augmentation.pad > 0) {
        const auto positions = static_cast<std::uint64_t>(2 * augmentation.pad + 1);
        drawn.down = static_cast<int>(random.below(positions)) - augmentation.pad;
        drawn.right = static_cast<int>(random.below(positions)) - augmentation.pad;
    }
    if (augmentation.flip) drawn.mirrored = random.below(2) == 1;
    return drawn;
}

float normalised(int pixel, double mean, double standard_deviation) {
    return static_cast<float>((pixel / 255.0 - mean) / standard_deviation);
}

bool is_positive(double value) {
    return std::isfinite(value) && value > 0;
}

void check(const Augmentation& augmentation, const ImageShape& shape) {
    const auto channels = static_cast<std::size_t>(shape.channels);
    const auto& spread = augmentation.standard_deviation;
    if (augmentation.mean.size() != channels || spread.size() != channels ||
        !std::all_of(spread.begin(), spread.end(), is_positive))
        throw Error(ExitCode::recipe,
                    fmt::format("images of {} channels need {} means and as many positive standard deviations",
                                channels, channels),
                    {}, "augment");
    if (augmentation.pad < 0) throw Error(ExitCode::recipe, "must not be negative", {}, "augment.pad");
}

}  // namespace

Augmentation Augmentation::deterministic() const {
    return {0, false, mean, standard_deviation};
}

void Augmentation::apply(const std::uint8_t* pixels, const ImageShape& shape, Random& random, float* values) const {
    const Draw drawn = draw(*this, random);
    for (int c = 0; c < shape.channels; ++c)
        for (int y = 0; y < shape.height; ++y)
            for (int x = 0; x < shape.width; ++x) {
                const int row = y + drawn.down, column = (drawn.mirrored ? shape.width - 1 - x : x) + drawn.right;
                const bool inside = row >= 0 && row < shape.height && column >= 0 && column < shape.width;
                const int pixel = inside ? pixels[(c * shape.height + row) * shape.width + column] : 0;
                *values++ = normalised(pixel, mean[c], standard_deviation[c]);
            }
}

PreparedAugmentation::PreparedAugmentation(const Augmentation& augmentation, const ImageShape& shape)
    : augmentation_(augmentation), shape_(shape) {
    check(augmentation, shape);
    for (int c = 0; c < shape.channels; ++c)
        for (int pixel = 0; pixel < 256; ++pixel)
            tables_.push_back(normalised(pixel, augmentation.mean[c], augmentation.standard_deviation[c]));
}

void PreparedAugmentation::apply(const std::uint8_t* pixels, Random& random, float* values) const {
    const Draw drawn = draw(augmentation_, random);
    for (int c = 0; c < shape_.channels; ++c) {
        const float* table = tables_.data() + 256 * c;
        for (int y = 0; y < shape_.height; ++y, values += shape_.width) {
            const int row = y + drawn.down;
            if (row < 0 || row >= shape_.height)
                std::fill_n(values, shape_.width, table[0]);
            else
                apply_row(pixels + (c * shape_.height + row) * shape_.width, table, drawn.right, values);
            if (drawn.mirrored) std::reverse(values, values + shape_.width);
        }
    }
}

void PreparedAugmentation::apply_row(const std::uint8_t* pixels, const float* table, int shift, float* values) const {
    const int first = std::clamp(-shift, 0, shape_.width), last = std::clamp(shape_.width - shift, first, shape_.width);
    std::fill(values, values + first, table[0]);
    for (int x = first; x < last; ++x) values[x] = table[pixels[x + shift]];
    std::fill(values + last, values + shape_.width, table[0]);
}

}  // namespace dsqbench
