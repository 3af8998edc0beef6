#include "suite/deploy/integer_weights.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "suite/core/error.h"

namespace dsqbench::deploy {

namespace {

// Levels of a symmetric grid are computed in float32 as offset + scale * code, so that the grid's own offset is known
// to a few units of the last place of its largest level (2^-24): DoReFa's -1 + i * float(2 / 3).
constexpr double same_level = 1.0 / (1 << 21);

// How far channel c's grid is from whole (or, for offset codes, half) steps of `type`, and its unit.
struct Placement {
    double unit, rest;
};

Placement place(const WeightCodes& codes, std::size_t c, const CodeType& type) {
    const double unit = static_cast<double>(codes.scale[c]) / type.step();
    return {unit, static_cast<double>(codes.offset[c]) - unit * type.minimum()};
}

bool stands_on(const WeightCodes& codes, const CodeType& type) {
    for (std::size_t c = 0; c < codes.scale.size(); ++c) {
        const Placement found = place(codes, c, type);
        const double last =
            static_cast<double>(codes.offset[c]) + static_cast<double>(codes.scale[c]) * ((1 << codes.bits) - 1);
        const double largest = std::max(std::abs(static_cast<double>(codes.offset[c])), std::abs(last));
        if (std::abs(found.rest) > same_level * largest) return false;
    }
    return true;
}

// Signed codes where no coding fits: their sums are the smallest.
CodeType choose_type(const WeightCodes& codes) {
    for (const Coding coding : {Coding::signed_codes, Coding::offset_codes, Coding::unsigned_codes})
        if (stands_on(codes, {codes.bits, coding})) return {codes.bits, coding};
    return {codes.bits, Coding::signed_codes};
}

struct TapRange {
    int first, end;
    auto operator<=>(const TapRange&) const = default;
};

TapRange taps_inside(int out, int stride, int padding, int kernel, int size) {
    const int start = out * stride - padding;
    const int first = std::clamp(-start, 0, kernel);
    return {first, std::max(first, std::min(kernel, size - start))};
}

struct Window {
    TapRange rows, columns;
    auto operator<=>(const Window&) const = default;
};

class Constants {
public:
    Constants(const Layer& layer, IntegerWeights& weights) : layer_(layer), weights_(weights) {}

    void add() {
        const ConvolutionShape& shape = layer_.shape;
        const auto offset = static_cast<double>(layer_.input->offset);
        const Window whole{{0, shape.kernel_height}, {0, shape.kernel_width}};
        if (offset == 0 || is_unpadded(shape)) return add_class(whole);
        std::map<Window, std::size_t> known;
        for (int y = 0; y < shape.out_height(); ++y)
            for (int x = 0; x < shape.out_width(); ++x) {
                const Window window{taps_inside(y, shape.stride, shape.padding.top, shape.kernel_height, shape.height),
                                    taps_inside(x, shape.stride, shape.padding.left, shape.kernel_width, shape.width)};
                const auto [found, is_new] = known.try_emplace(window, known.size());
                if (is_new) add_class(window);
                if (found->second > 255)
                    throw Error(ExitCode::data, "a layer's border has more than 256 cases", "use a smaller kernel");
                weights_.classes.push_back(static_cast<std::uint8_t>(found->second));
            }
    }

private:
    static bool is_unpadded(const ConvolutionShape& shape) {
        return shape.padding.top == 0 && shape.padding.bottom == 0 && shape.padding.left == 0 &&
               shape.padding.right == 0;
    }

    void add_class(const Window& window) {
        const ConvolutionShape& shape = layer_.shape;
        const auto depth = static_cast<std::size_t>(shape.group_channels());
        const std::uint8_t* channel_codes = layer_.codes->codes.data();
        for (std::size_t c = 0; c < weights_.unit.size(); ++c, channel_codes += shape.depth()) {
            std::int64_t sum = 0, number = 0;
            for (int ky = window.rows.first; ky < window.rows.end; ++ky)
                for (int kx = window.columns.first; kx < window.columns.end; ++kx) {
                    const std::uint8_t* tap =
                        channel_codes + static_cast<std::size_t>(ky * shape.kernel_width + kx) * depth;
                    for (std::size_t i = 0; i < depth; ++i) sum += weights_.type.value(tap[i]);
                    number += static_cast<std::int64_t>(depth);
                }
            const Placement placed = place(*layer_.codes, c, weights_.type);
            weights_.constant.push_back(
                static_cast<double>(layer_.input->offset) *
                (placed.unit * static_cast<double>(sum) + placed.rest * static_cast<double>(number)));
        }
    }

    const Layer& layer_;
    IntegerWeights& weights_;
};

}  // namespace

bool IntegerWeights::has_no_windows() const {
    return std::all_of(window_unit.begin(), window_unit.end(), [](double rest) { return rest == 0; });
}

IntegerWeights integer_weights(const Layer& layer) {
    const WeightCodes& codes = *layer.codes;
    IntegerWeights weights;
    weights.type = choose_type(codes);
    const bool stands = stands_on(codes, weights.type);
    const auto step = static_cast<double>(layer.input->step);
    for (std::size_t c = 0; c < codes.scale.size(); ++c) {
        const Placement found = place(codes, c, weights.type);
        weights.unit.push_back(step * found.unit);
        weights.window_unit.push_back(stands ? 0 : step * found.rest);
    }
    Constants(layer, weights).add();
    return weights;
}

std::vector<float> real_weights(const Layer& layer) {
    const WeightCodes& codes = *layer.codes;
    std::vector<float> weights;
    const auto depth = static_cast<std::size_t>(layer.shape.depth());
    for (std::size_t i = 0; i < codes.codes.size(); ++i)
        weights.push_back(codes.offset[i / depth] + codes.scale[i / depth] * static_cast<float>(codes.codes[i]));
    return weights;
}

}  // namespace dsqbench::deploy
