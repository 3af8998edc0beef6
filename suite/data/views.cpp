#include "suite/data/views.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace dsqbench {

namespace {

constexpr double narrowest = 3.0 / 4, widest = 4.0 / 3;
constexpr int tries = 10;

double uniform(Random& random, double low, double high) {
    return low + (high - low) * random.uniform();
}

// The largest box in the middle whose sides keep to the limits.
Box largest_in_the_middle(int width, int height) {
    const double ratio = static_cast<double>(width) / height;
    int box_width = width, box_height = height;
    if (ratio < narrowest) box_height = static_cast<int>(std::lround(width / narrowest));
    if (ratio > widest) box_width = static_cast<int>(std::lround(height * widest));
    return {static_cast<double>((width - box_width) / 2), static_cast<double>((height - box_height) / 2),
            static_cast<double>(box_width), static_cast<double>(box_height)};
}

// Pixels around the box that its view may be made of.
struct Margin {
    double across = 0, down = 0;
};

Excerpt around(const Box& box, const Margin& margin, int size) {
    const auto down = [](double x) { return static_cast<int>(std::floor(x)); };
    const auto up = [](double x) { return static_cast<int>(std::ceil(x)); };
    return {down(box.left - margin.across), down(box.top - margin.down), up(box.left + box.width + margin.across),
            up(box.top + box.height + margin.down), reduction_for(box, size)};
}

// The box of the file as a view: decoded as little and as small as it allows. Returns the decoder's complaint.
template <class ChooseBox>
std::string view(std::string_view bytes, const std::string& place, const ViewOptions& options, const ChooseBox& choose,
                 std::uint8_t* pixels) {
    Box box;
    ImageShape whole;
    const auto excerpt = [&](const ImageShape& shape) {
        whole = shape;
        Margin margin;
        box = choose(shape, margin);
        return around(box, margin, options.size);
    };
    const DecodedImage image = decode_image(bytes, place, {excerpt, options.damaged});
    const double across = static_cast<double>(image.whole.width) / whole.width;
    const double down = static_cast<double>(image.whole.height) / whole.height;
    resample(image, {box.left * across - image.left, box.top * down - image.top, box.width * across, box.height * down},
             options.size, options.size, pixels);
    return image.damage;
}

int luma(const std::uint8_t* pixels, std::size_t area, std::size_t i) {
    return (19595 * pixels[i] + 38470 * pixels[area + i] + 7471 * pixels[2 * area + i] + 0x8000) >> 16;
}

// other + factor (pixel - other), a byte.
std::uint8_t blended(int pixel, int other, double factor) {
    return static_cast<std::uint8_t>(std::clamp(other + factor * (pixel - other), 0.0, 255.0));
}

void blend_all(std::uint8_t* pixels, std::size_t area, int other, double factor) {
    for (std::size_t i = 0; i < 3 * area; ++i) pixels[i] = blended(pixels[i], other, factor);
}

int mean_luma(const std::uint8_t* pixels, std::size_t area) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < area; ++i) sum += luma(pixels, area, i);
    return static_cast<int>(static_cast<double>(sum) / static_cast<double>(area) + 0.5);
}

void saturate(std::uint8_t* pixels, std::size_t area, double factor) {
    for (std::size_t i = 0; i < area; ++i) {
        const int grey = luma(pixels, area, i);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            std::uint8_t& pixel = pixels[channel * area + i];
            pixel = blended(pixel, grey, factor);
        }
    }
}

}  // namespace

Box random_crop(int width, int height, const ViewOptions& options, Random& random) {
    const double area = static_cast<double>(width) * height;
    for (int attempt = 0; attempt < tries; ++attempt) {
        const double target = area * uniform(random, options.smallest_area, 1);
        const double ratio = std::exp(uniform(random, std::log(narrowest), std::log(widest)));
        const auto box_width = std::lround(std::sqrt(target * ratio));
        const auto box_height = std::lround(std::sqrt(target / ratio));
        if (box_width < 1 || box_width > width || box_height < 1 || box_height > height) continue;
        const auto top = random.below(static_cast<std::uint64_t>(height - box_height + 1));
        const auto left = random.below(static_cast<std::uint64_t>(width - box_width + 1));
        return {static_cast<double>(left), static_cast<double>(top), static_cast<double>(box_width),
                static_cast<double>(box_height)};
    }
    return largest_in_the_middle(width, height);
}

Box centre_crop(int width, int height, const ViewOptions& options) {
    // torchvision cuts the longer side's fraction off, then rounds where the centre lies.
    const int shorter = std::min(width, height), longer = std::max(width, height);
    const int resized = static_cast<int>(static_cast<std::int64_t>(options.resize) * longer / shorter);
    const int resized_width = width <= height ? options.resize : resized;
    const int resized_height = width <= height ? resized : options.resize;
    const double across = static_cast<double>(width) / resized_width;
    const double down = static_cast<double>(height) / resized_height;
    const double left = std::nearbyint((resized_width - options.size) / 2.0);
    const double top = std::nearbyint((resized_height - options.size) / 2.0);
    return {left * across, top * down, options.size * across, options.size * down};
}

int reduction_for(const Box& box, int size) {
    const double smaller = std::min(box.width, box.height);
    for (const int reduction : {8, 4, 2})
        if (smaller / reduction >= size) return reduction;
    return 1;
}

std::string training_view(std::string_view bytes, const std::string& place, const ViewOptions& options, Random& random,
                          std::uint8_t* pixels) {
    // torchvision cuts out, then scales: what lies around the box does not count.
    const auto choose = [&](const ImageShape& shape, Margin&) {
        return random_crop(shape.width, shape.height, options, random);
    };
    std::string damage = view(bytes, place, options, choose, pixels);
    if (options.color_jitter > 0)
        jitter_colors(pixels, static_cast<std::size_t>(options.size) * static_cast<std::size_t>(options.size),
                      options.color_jitter, random);
    return damage;
}

std::string evaluation_view(std::string_view bytes, const std::string& place, const ViewOptions& options,
                            std::uint8_t* pixels) {
    // And here it scales, then cuts out: an output pixel is made of one scaled pixel more on each side.
    const auto choose = [&](const ImageShape& shape, Margin& margin) {
        const Box box = centre_crop(shape.width, shape.height, options);
        margin = {1 + std::max(1.0, box.width / options.size), 1 + std::max(1.0, box.height / options.size)};
        return box;
    };
    return view(bytes, place, options, choose, pixels);
}

void jitter_colors(std::uint8_t* pixels, std::size_t area, double strength, Random& random) {
    std::vector<int> order{0, 1, 2};
    random.shuffle(order);
    std::array<double, 3> factors{};
    for (double& factor : factors) factor = uniform(random, std::max(0.0, 1 - strength), 1 + strength);
    for (const int which : order) {
        const double factor = factors[static_cast<std::size_t>(which)];
        if (which == 0) blend_all(pixels, area, 0, factor);                        // brightness
        if (which == 1) blend_all(pixels, area, mean_luma(pixels, area), factor);  // contrast
        if (which == 2) saturate(pixels, area, factor);
    }
}

}  // namespace dsqbench
