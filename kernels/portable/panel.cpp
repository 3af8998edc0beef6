#include "kernels/portable/panel.h"

#include <algorithm>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench {

Panel::Panel(const ConvolutionProblem& problem, const OperandImage& image, int step_elements)
    : shape_(problem.shape),
      out_height_(shape_.out_height()),
      out_width_(shape_.out_width()),
      pixel_bytes_(image.pixel_bytes()),
      row_elements_(round_up(std::ptrdiff_t{shape_.taps()} * image.pixel_elements(), step_elements)),
      row_bytes_(operand_bytes(image.format(), row_elements_)) {
    const std::vector<std::uint8_t> codes(static_cast<std::size_t>(shape_.kernel_width * shape_.in_channels),
                                          static_cast<std::uint8_t>(problem.padding_code));
    const auto packed = pack_codes(codes, shape_.in_channels, problem.activations.bits);
    padding_.resize(static_cast<std::size_t>(shape_.kernel_width * pixel_bytes_));
    image.expand(packed.data(), shape_.kernel_width, padding_.data());
    padding_sum_ = image.pixel_sum(packed.data());
}

bool Panel::image_serves() const {
    const Padding& padding = shape_.padding;
    return shape_.taps() == 1 && shape_.stride == 1 && row_bytes_ == pixel_bytes_ &&
           padding.top + padding.bottom + padding.left + padding.right == 0;
}

Panel::Corner Panel::corner(std::int64_t out_pixel) const {
    const std::int64_t row = out_pixel / out_width_;
    return {row / out_height_, static_cast<int>(row % out_height_) * shape_.stride - shape_.padding.top,
            static_cast<int>(out_pixel % out_width_) * shape_.stride - shape_.padding.left};
}

Panel::TapRow Panel::tap_row(const Corner& corner, int tap_y) const {
    const int taps = shape_.kernel_width;
    const int y = corner.y + tap_y;
    if (y < 0 || y >= shape_.height) return {taps, 0, 0, 0};
    const int left = std::clamp(-corner.x, 0, taps);
    const int right = std::clamp(corner.x + taps - shape_.width, 0, taps - left);
    const int inside = taps - left - right;
    return {left, inside, right,
            (corner.image * shape_.height + y) * shape_.width + (inside == 0 ? 0 : corner.x + left)};
}

void Panel::gather(const std::byte* image, std::int64_t first, int count, std::byte* rows) const {
    const auto copy = [this](const std::byte* from, int pixels, std::byte* to) {
        const std::ptrdiff_t bytes = pixels * pixel_bytes_;
        std::memcpy(to, from, static_cast<std::size_t>(bytes));
        return to + bytes;
    };
    for (int row = 0; row < count; ++row) {
        std::byte* out = rows + row * row_bytes_;
        std::byte* const end = out + row_bytes_;
        const Corner at = corner(first + row);
        for (int tap_y = 0; tap_y < shape_.kernel_height; ++tap_y) {
            const TapRow taps = tap_row(at, tap_y);
            if (taps.left > 0) out = copy(padding_.data(), taps.left, out);
            if (taps.inside > 0) out = copy(image + taps.first_pixel * pixel_bytes_, taps.inside, out);
            if (taps.right > 0) out = copy(padding_.data(), taps.right, out);
        }
        std::memset(out, 0, static_cast<std::size_t>(end - out));
    }
}

void Panel::gather_sums(const std::int32_t* pixel_sums, std::int64_t first, int count, std::int32_t* sums) const {
    for (int row = 0; row < count; ++row) {
        const Corner at = corner(first + row);
        sums[row] = 0;
        for (int tap_y = 0; tap_y < shape_.kernel_height; ++tap_y) {
            const TapRow taps = tap_row(at, tap_y);
            for (int i = 0; i < taps.inside; ++i) sums[row] += pixel_sums[taps.first_pixel + i];
            sums[row] += (taps.left + taps.right) * padding_sum_;
        }
    }
}

}  // namespace dsqbench
