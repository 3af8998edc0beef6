#include "kernels/api/window_sums.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

// Unused fields are 0, so that they add nothing.
std::int32_t code_sum(const std::uint8_t* pixel, int bytes, int bits) {
    std::int32_t sum = 0;
    if (bits > 2) {
        for (int i = 0; i < bytes; ++i) sum += pixel[i];
        return sum;
    }
    constexpr std::uint64_t lower_bits = 0x5555555555555555U;
    for (int i = 0; i < bytes; i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, pixel + i, static_cast<std::size_t>(std::min(8, bytes - i)));
        sum += std::popcount(word);
        // The upper bit of a two-bit code counts twice.
        if (bits == 2) sum += std::popcount(word & ~lower_bits);
    }
    return sum;
}

class Windows {
public:
    explicit Windows(const ConvolutionProblem& problem)
        : shape_(problem.shape),
          bits_(problem.activations.bits),
          bytes_(pixel_bytes(shape_.in_channels, bits_)),
          step_(problem.activations.step()),
          base_(problem.activations.minimum() * shape_.in_channels),
          padding_(problem.activations.value(problem.padding_code) * shape_.in_channels) {}

    void image(const std::uint8_t* pixels, std::int32_t* pixel_sums, std::int32_t* sums) const {
        const std::int64_t count = std::int64_t{shape_.height} * shape_.width;
        for (std::int64_t i = 0; i < count; ++i)
            pixel_sums[i] = base_ + step_ * code_sum(pixels + i * bytes_, bytes_, bits_);
        for (int y = 0; y < shape_.out_height(); ++y)
            for (int x = 0; x < shape_.out_width(); ++x) *sums++ = window(pixel_sums, y, x);
    }

    std::int64_t image_bytes() const { return std::int64_t{shape_.height} * shape_.width * bytes_; }

private:
    std::int32_t window(const std::int32_t* pixel_sums, int y, int x) const {
        const int top = y * shape_.stride - shape_.padding.top, left = x * shape_.stride - shape_.padding.left;
        const int first_row = std::max(top, 0), end_row = std::min(top + shape_.kernel_height, shape_.height);
        const int first = std::max(left, 0), end = std::min(left + shape_.kernel_width, shape_.width);
        std::int32_t sum = 0;
        for (int row = first_row; row < end_row; ++row)
            for (int column = first; column < end; ++column)
                sum += pixel_sums[std::ptrdiff_t{row} * shape_.width + column];
        const int inside = std::max(0, end_row - first_row) * std::max(0, end - first);
        return sum + (shape_.taps() - inside) * padding_;
    }

    ConvolutionShape shape_;
    int bits_, bytes_, step_;
    std::int32_t base_, padding_;  // a pixel's sum of zero codes, a padding pixel's sum
};

}  // namespace

void window_sums(const ConvolutionProblem& problem, const std::uint8_t* activations, std::int32_t* scratch,
                 std::int32_t* sums) {
    const Windows windows(problem);
    const std::int64_t out_pixels = std::int64_t{problem.shape.out_height()} * problem.shape.out_width();
    for (int image = 0; image < problem.shape.batch; ++image)
        windows.image(activations + image * windows.image_bytes(), scratch, sums + image * out_pixels);
}

}  // namespace dsqbench
