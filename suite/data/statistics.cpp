#include "suite/data/statistics.h"

#include <algorithm>
#include <cmath>

namespace dsqbench {

DatasetStatistics measure(const Dataset& dataset) {
    const ImageShape shape = dataset.shape();
    const auto channels = static_cast<std::size_t>(shape.channels);
    const std::size_t plane = shape.bytes() / channels;
    // Exact: 2^64 / 255^2 is 2.8e14 pixels a channel.
    std::vector<std::uint64_t> sums(channels), squares(channels);
    std::vector<std::uint8_t> pixels(shape.bytes());
    DatasetStatistics statistics;
    statistics.images_per_class.resize(static_cast<std::size_t>(dataset.classes()));
    for (std::int64_t i = 0; i < dataset.size(); ++i) {
        dataset.image(i, pixels.data());
        ++statistics.images_per_class[static_cast<std::size_t>(dataset.label(i))];
        for (std::size_t k = 0; k < pixels.size(); ++k) {
            sums[k / plane] += pixels[k];
            squares[k / plane] += static_cast<std::uint64_t>(pixels[k]) * pixels[k];
        }
    }
    const double count = static_cast<double>(plane) * static_cast<double>(dataset.size());
    for (std::size_t c = 0; c < channels; ++c) {
        const double mean = static_cast<double>(sums[c]) / count;
        const double variance = static_cast<double>(squares[c]) / count - mean * mean;
        statistics.mean.push_back(mean / 255);
        statistics.standard_deviation.push_back(std::sqrt(std::max(variance, 0.0)) / 255);
    }
    return statistics;
}

}  // namespace dsqbench
