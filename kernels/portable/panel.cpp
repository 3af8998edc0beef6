#include "kernels/portable/panel.h"

#include <algorithm>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

template <std::ptrdiff_t size>
void copy_ends(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) {
    std::memcpy(to, from, size);
    std::memcpy(to + bytes - size, from + bytes - size, size);
}

// memcpy() of a few dozen bytes, a multiple of 4, without the call: the calls took longer than the copies, 6 % of a
// one-bit convolution. What is no multiple of a vector is copied as two that overlap.
void copy_bytes(std::byte* to, const std::byte* from, std::ptrdiff_t bytes) {
    if (bytes < 8) return std::memcpy(to, from, static_cast<std::size_t>(bytes)), void();
    if (bytes < 16) return copy_ends<8>(to, from, bytes);
    for (std::ptrdiff_t at = 0; at + 16 <= bytes; at += 16) std::memcpy(to + at, from + at, 16);
    std::memcpy(to + bytes - 16, from + bytes - 16, 16);
}

}  // namespace

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
    Corner at = corner(first);
    for (int done = 0; done < count;) {
        const int x = (at.x + shape_.padding.left) / shape_.stride;
        const int run = std::min(count - done, out_width_ - x);
        for (int tap_y = 0; tap_y < shape_.kernel_height; ++tap_y)
            gather_taps(image, at, tap_y, run, rows + tap_y * shape_.kernel_width * pixel_bytes_);
        done += run;
        rows += run * row_bytes_;
        at = corner(first + done);
    }
}

// One row of the kernel for `count` pixels of one row of the output.
void Panel::gather_taps(const std::byte* image, Corner at, int tap_y, int count, std::byte* rows) const {
    const std::ptrdiff_t bytes = shape_.kernel_width * pixel_bytes_;
    const bool last = tap_y + 1 == shape_.kernel_height;
    const std::ptrdiff_t fill = last ? row_bytes_ - shape_.kernel_height * bytes : 0;
    const int y = at.y + tap_y;
    // Of a pixel that may lie outside: a number, as a pointer out of its array must not be formed.
    std::ptrdiff_t source = ((at.image * shape_.height + y) * shape_.width + at.x) * pixel_bytes_;
    for (; count > 0; --count, rows += row_bytes_, at.x += shape_.stride, source += shape_.stride * pixel_bytes_) {
        if (y >= 0 && y < shape_.height && at.x >= 0 && at.x + shape_.kernel_width <= shape_.width)
            copy_bytes(rows, image + source, bytes);
        else
            gather_edge(image, tap_row(at, tap_y), rows);
        if (fill > 0) std::memset(rows + bytes, 0, static_cast<std::size_t>(fill));
    }
}

void Panel::gather_edge(const std::byte* image, const TapRow& taps, std::byte* out) const {
    const auto copy = [this, &out](const std::byte* from, int pixels) {
        if (pixels > 0) std::memcpy(out, from, static_cast<std::size_t>(pixels * pixel_bytes_));
        out += pixels * pixel_bytes_;
    };
    copy(padding_.data(), taps.left);
    copy(image + taps.first_pixel * pixel_bytes_, taps.inside);
    copy(padding_.data(), taps.right);
}

std::int64_t Panel::window_count() const {
    return std::int64_t{shape_.batch} * shape_.height * out_width_;
}

void Panel::sum_windows(const std::int32_t* pixel_sums, std::int32_t* windows) const {
    for (std::int64_t row = 0; row < std::int64_t{shape_.batch} * shape_.height; ++row)
        sum_row(pixel_sums + row * shape_.width, windows + row * out_width_);
}

void Panel::sum_row(const std::int32_t* pixel_sums, std::int32_t* windows) const {
    std::fill_n(windows, out_width_, 0);
    const auto columns = [this](int position) {  // whose tap lies before `position`
        return std::clamp((position + shape_.stride - 1) / shape_.stride, 0, out_width_);
    };
    for (int tap = 0; tap < shape_.kernel_width; ++tap) {
        const int offset = tap - shape_.padding.left;
        const int first = columns(std::max(0, -offset)), end = std::max(first, columns(shape_.width - offset));
        for (int x = 0; x < first; ++x) windows[x] += padding_sum_;
        for (int x = first; x < end; ++x) windows[x] += pixel_sums[x * shape_.stride + offset];
        for (int x = end; x < out_width_; ++x) windows[x] += padding_sum_;
    }
}

void Panel::gather_sums(const std::int32_t* windows, std::int64_t first, int count, std::int32_t* sums) const {
    for (int done = 0; done < count;) {
        const Corner at = corner(first + done);
        const int x = (at.x + shape_.padding.left) / shape_.stride;
        const int run = std::min(count - done, out_width_ - x);
        std::int32_t* out = sums + done;
        std::fill_n(out, run, 0);
        for (int y = at.y; y < at.y + shape_.kernel_height; ++y) {
            const bool inside = y >= 0 && y < shape_.height;
            const std::int32_t* row = inside ? windows + (at.image * shape_.height + y) * out_width_ + x : nullptr;
            for (int i = 0; i < run; ++i) out[i] += inside ? row[i] : shape_.kernel_width * padding_sum_;
        }
        done += run;
    }
}

}  // namespace dsqbench
