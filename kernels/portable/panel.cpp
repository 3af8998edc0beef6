#include "kernels/portable/panel.h"

#include <algorithm>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench {

namespace {

// Zeros behind the last element of each row: for a few bytes the calls of memset() would take longer than the stores.
void fill_rows(std::byte* ends, std::ptrdiff_t stride, int count, std::ptrdiff_t bytes) {
    if (bytes > 8) {
        for (int i = 0; i < count; ++i) std::memset(ends + i * stride, 0, static_cast<std::size_t>(bytes));
        return;
    }
    for (std::ptrdiff_t at = 0; at < bytes; ++at)
        for (int i = 0; i < count; ++i) ends[i * stride + at] = std::byte{0};
}

}  // namespace

void copy_rows_portable(const RowCopies& copies) {
    copy_rows<16>(copies);
}

Panel::Panel(const ConvolutionProblem& problem, const OperandImage& image, int step_elements, CopyRows copy)
    : shape_(problem.shape),
      copy_(copy),
      out_height_(shape_.out_height()),
      out_width_(shape_.out_width()),
      tap_elements_(image.pixel_elements()),
      pixel_bytes_(image.pixel_bytes()),
      row_elements_(round_up(std::ptrdiff_t{shape_.taps()} * tap_elements_, step_elements)),
      row_bytes_(operand_bytes(image.format(), row_elements_)) {
    const std::vector<std::uint8_t> codes(static_cast<std::size_t>(shape_.kernel_width * shape_.in_channels),
                                          static_cast<std::uint8_t>(problem.padding_code));
    const auto packed = pack_codes(codes, shape_.in_channels, problem.activations.bits);
    padding_.resize(static_cast<std::size_t>(shape_.kernel_width * pixel_bytes_));
    image.expand(packed.data(), shape_.kernel_width, padding_.data());
    image.pixel_sums(packed.data(), 1, &padding_sum_);
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

// One row of the kernel for `count` pixels of one row of the output: all at once but those at the image's edges.
void Panel::gather_taps(const std::byte* image, const Corner& at, int tap_y, int count, std::byte* rows) const {
    const std::ptrdiff_t bytes = shape_.kernel_width * pixel_bytes_;
    const Inside inside = pixels_inside(at, tap_y, count);
    const auto gather_edges = [&](int first, int end) {
        for (int i = first; i < end; ++i)
            gather_edge(image, tap_row({at.image, at.y, at.x + i * shape_.stride}, tap_y), rows + i * row_bytes_);
    };
    gather_edges(0, inside.first);
    if (inside.first < inside.end) {
        const std::int64_t pixel = (at.image * shape_.height + at.y + tap_y) * shape_.width + at.x +
                                   std::int64_t{inside.first} * shape_.stride;
        copy_({rows + inside.first * row_bytes_, row_bytes_, image + pixel * pixel_bytes_, shape_.stride * pixel_bytes_,
               inside.end - inside.first, bytes});
    }
    gather_edges(inside.end, count);
    const std::ptrdiff_t fill = row_bytes_ - shape_.kernel_height * bytes;
    if (fill > 0 && tap_y + 1 == shape_.kernel_height) fill_rows(rows + bytes, row_bytes_, count, fill);
}

Panel::Inside Panel::pixels_inside(const Corner& at, int tap_y, int count) const {
    const int y = at.y + tap_y, room = shape_.width - shape_.kernel_width - at.x;
    if (y < 0 || y >= shape_.height || room < 0) return {count, count};
    const int first = std::clamp((shape_.stride - 1 - at.x) / shape_.stride, 0, count);
    return {first, std::max(first, std::min(count, room / shape_.stride + 1))};
}

void Panel::gather_edge(const std::byte* image, const TapRow& taps, std::byte* out) const {
    const auto copy = [this, &out](const std::byte* from, int pixels) {
        const auto bytes = static_cast<std::size_t>(pixels * pixel_bytes_);
        if (bytes > 0) std::memcpy(out, from, bytes);  // images without channels have no bytes to copy from
        out += bytes;
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
