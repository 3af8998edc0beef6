#include "kernels/bench/layer_case.h"

#include <algorithm>
#include <array>
#include <random>

#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

constexpr unsigned seed = 20191027;  // any; the same for every run, so that a failure repeats
// A kernel that wrote one and the same code everywhere would pass in this part of the places by chance.
constexpr double most_of_one_code = 0.9;

std::vector<std::uint8_t> random_codes(std::size_t count, int bits, std::mt19937& random) {
    std::vector<std::uint8_t> codes(count);
    for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random() >> (32 - bits));
    return codes;
}

// The quantiles i / parts of the sums that a layer really has.
std::vector<std::int32_t> quantiles(std::vector<std::int32_t> sums, int parts) {
    std::sort(sums.begin(), sums.end());
    std::vector<std::int32_t> result;
    for (int i = 1; i < parts; ++i)
        result.push_back(
            sums.empty() ? i : sums[sums.size() * static_cast<std::size_t>(i) / static_cast<std::size_t>(parts)]);
    return result;
}

Epilogue thresholds_at(const std::vector<std::int32_t>& levels, int bits, int out_channels) {
    Thresholds thresholds{bits, {}, {}};
    for (int channel = 0; channel < out_channels; ++channel)
        thresholds.levels.insert(thresholds.levels.end(), levels.begin(), levels.end());
    return thresholds;
}

// The middle 98 % of the sums spread over all codes.
Epilogue requantize_over(const std::vector<std::int32_t>& percentiles, int bits, int out_channels) {
    Requantize requantize{bits, {}, {}};
    const auto channels = static_cast<std::size_t>(out_channels);
    const auto low = static_cast<float>(percentiles.front()), high = static_cast<float>(percentiles.back());
    const float scale = 1.0F / std::max(1.0F, high - low);
    requantize.scale.assign(channels, scale);
    requantize.bias.assign(channels, -low * scale);
    requantize.rectifier = Rectifier::relu;
    requantize.step = 1.0F / static_cast<float>((1 << bits) - 1);
    return requantize;
}

std::int64_t taps_inside(int out, int size, int kernel, int stride, int padding) {
    std::int64_t taps = 0;
    for (int i = 0; i < out; ++i)
        for (int tap = 0; tap < kernel; ++tap) {
            const int at = i * stride + tap - padding;
            taps += at >= 0 && at < size ? 1 : 0;
        }
    return taps;
}

bool could_have_failed(const std::vector<std::uint8_t>& output, int channels, int bits) {
    std::array<std::int64_t, 256> count{};
    const auto codes = unpack_codes(output, channels, bits);
    for (const std::uint8_t code : codes) ++count[code];
    const auto most = *std::max_element(count.begin(), count.end());
    return static_cast<double>(most) < most_of_one_code * static_cast<double>(codes.size());
}

}  // namespace

std::string name_of(CheckStatus status) {
    constexpr const char* names[] = {"passed", "failed", "skipped", "mistrusted"};
    return names[static_cast<int>(status)];
}

LayerCase::LayerCase(const ConvolutionShape& shape, BitPair bits) {
    problem_.shape = shape;
    problem_.activations = {bits.activations, Coding::unsigned_codes};
    problem_.weights = {bits.weights, bits.weights == 1 ? Coding::offset_codes : Coding::signed_codes};
    std::mt19937 random(seed);
    weights_ = random_codes(weight_count(problem_), bits.weights, random);
    const auto count = static_cast<std::size_t>(shape.in_pixels() * shape.in_channels);
    activations_ = pack_codes(random_codes(count, bits.activations, random), shape.in_channels, bits.activations);

    std::vector<std::int32_t> sums(static_cast<std::size_t>(shape.out_pixels() * shape.out_channels));
    Workspace workspace;
    prepare(problem_, weights_)->run({activations_.data(), nullptr, sums.data()}, workspace);
    const int codes = 1 << bits.activations;
    problem_.epilogue = bits.activations <= 4
                            ? thresholds_at(quantiles(std::move(sums), codes), bits.activations, shape.out_channels)
                            : requantize_over(quantiles(std::move(sums), 100), bits.activations, shape.out_channels);
}

std::vector<std::uint8_t> LayerCase::output_of(const KernelVariant& variant) const {
    std::vector<std::uint8_t> output(output_bytes(problem_), 0xCD);
    Workspace workspace;
    prepare(variant, problem_, weights_)->run({activations_.data(), nullptr, output.data()}, workspace);
    return output;
}

Check LayerCase::check(const KernelVariant& variant) {
    if (expected_.empty()) expected_ = output_of(find_variant("reference/scalar"));
    const auto output = output_of(variant);
    const auto [ours, theirs] = std::mismatch(output.begin(), output.end(), expected_.begin(), expected_.end());
    if (ours != output.end())
        return {CheckStatus::failed,
                "differs from the reference first at byte " + std::to_string(ours - output.begin())};
    if (!could_have_failed(output, problem_.shape.out_channels, output_bits(problem_.epilogue)))
        return {CheckStatus::mistrusted, "nine outputs of ten are the same code"};
    return {CheckStatus::passed, ""};
}

std::int64_t real_macs(const ConvolutionShape& shape) {
    const std::int64_t down =
        taps_inside(shape.out_height(), shape.height, shape.kernel_height, shape.stride, shape.padding.top);
    const std::int64_t across =
        taps_inside(shape.out_width(), shape.width, shape.kernel_width, shape.stride, shape.padding.left);
    return shape.batch * down * across * shape.group_channels() * shape.out_channels;
}

std::string shape_text(const ConvolutionShape& shape) {
    const auto number = [](int value) { return std::to_string(value); };
    return "n" + number(shape.batch) + "h" + number(shape.height) + "w" + number(shape.width) + "c" +
           number(shape.in_channels) + "k" + number(shape.out_channels) + "r" + number(shape.kernel_height) + "x" +
           number(shape.kernel_width) + "s" + number(shape.stride) + "p" + number(shape.padding.top) + "," +
           number(shape.padding.bottom) + "," + number(shape.padding.left) + "," + number(shape.padding.right) + "g" +
           number(shape.groups);
}

}  // namespace dsqbench
