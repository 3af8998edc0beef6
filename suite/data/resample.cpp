#include "suite/data/resample.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dsqbench {

namespace {

// Bits of a weight behind the point: a sum of 255 times weights that add up to 1 fits an int32.
constexpr int precision = 22;
constexpr std::int32_t half = 1 << (precision - 1);

// The input pixels that make one output pixel.
struct Taps {
    int first = 0;
    std::vector<std::int32_t> weights;
};

std::vector<Taps> taps_of(int in_size, double start, double length, int out_size) {
    const double scale = length / out_size;
    const double support = std::max(scale, 1.0);
    std::vector<Taps> all(static_cast<std::size_t>(out_size));
    for (int i = 0; i < out_size; ++i) {
        const double centre = start + (i + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(centre - support + 0.5));
        const int end = std::min(in_size, static_cast<int>(centre + support + 0.5));
        std::vector<double> weights;
        double sum = 0;
        for (int x = first; x < end; ++x) {
            weights.push_back(std::max(0.0, 1.0 - std::abs((x - centre + 0.5) / support)));
            sum += weights.back();
        }
        Taps& taps = all[static_cast<std::size_t>(i)];
        taps.first = first;
        for (const double weight : weights)
            taps.weights.push_back(static_cast<std::int32_t>(std::lround(weight / sum * (1 << precision))));
    }
    return all;
}

std::uint8_t rounded(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> precision, 0, 255));
}

void resample_row(const std::uint8_t* row, const std::vector<Taps>& columns, std::uint8_t* out) {
    for (const Taps& taps : columns) {
        const std::uint8_t* pixel = row + taps.first;
        std::int32_t sum = half;
        for (const std::int32_t weight : taps.weights) sum += *pixel++ * weight;
        *out++ = rounded(sum);
    }
}

// `rows`: [_, width] from input row `first_row` on.
void resample_columns(const std::vector<std::uint8_t>& rows, int first_row, const std::vector<Taps>& lines, int width,
                      std::uint8_t* out) {
    std::vector<std::int32_t> sums(static_cast<std::size_t>(width));
    for (const Taps& taps : lines) {
        std::fill(sums.begin(), sums.end(), half);
        const std::uint8_t* row = rows.data() + static_cast<std::size_t>(taps.first - first_row) * width;
        for (const std::int32_t weight : taps.weights) {
            for (int x = 0; x < width; ++x) sums[static_cast<std::size_t>(x)] += row[x] * weight;
            row += width;
        }
        for (int x = 0; x < width; ++x) *out++ = rounded(sums[static_cast<std::size_t>(x)]);
    }
}

}  // namespace

void resample(const DecodedImage& image, const Box& box, int width, int height, std::uint8_t* pixels) {
    const int in_width = image.shape.width, in_height = image.shape.height;
    const auto columns = taps_of(in_width, box.left, box.width, width);
    const auto lines = taps_of(in_height, box.top, box.height, height);
    const int first_row = lines.front().first;
    const int end_row = lines.back().first + static_cast<int>(lines.back().weights.size());
    std::vector<std::uint8_t> rows(static_cast<std::size_t>(end_row - first_row) * static_cast<std::size_t>(width));
    for (int channel = 0; channel < 3; ++channel) {
        const std::uint8_t* plane = image.pixels.data() + static_cast<std::size_t>(channel) * in_height * in_width;
        for (int y = first_row; y < end_row; ++y)
            resample_row(plane + static_cast<std::size_t>(y) * in_width, columns,
                         rows.data() + static_cast<std::size_t>(y - first_row) * width);
        resample_columns(rows, first_row, lines, width, pixels + static_cast<std::size_t>(channel) * height * width);
    }
}

}  // namespace dsqbench
