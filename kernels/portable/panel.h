// Panels: for some consecutive output pixels, all the elements that each of them multiplies, in one row a pixel.
//
// This is im2col, but only for as many pixels as fit the second-level cache, and of elements that are still one byte or
// less each: at two bits a row of a 3x3 convolution over 64 channels is 9 copies of 32 bytes against 36,864 products.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable/aligned_vector.h"
#include "kernels/portable/copy_rows.h"
#include "kernels/portable/operand.h"

namespace dsqbench {

class Panel {
public:
    // `step_elements`: rows are filled up with zeros to a whole number of steps.
    Panel(const ConvolutionProblem& problem, const OperandImage& image, int step_elements,
          CopyRows copy = copy_rows_portable);

    int tap_elements() const { return tap_elements_; }
    std::ptrdiff_t row_elements() const { return row_elements_; }
    std::ptrdiff_t row_bytes() const { return row_bytes_; }
    // Whether the image's pixels are the rows, so that there is nothing to gather: 1x1, stride 1, no padding.
    bool image_serves() const;

    // Output pixels first .. first + count - 1. `image`: the elements of the whole input.
    void gather(const std::byte* image, std::int64_t first, int count, std::byte* rows) const;

    // The sums of the same rows' elements, in two steps, as most additions are shared. `windows`: for each row of the
    // input, window_count() in all, what one row of the kernel covers there at each output column. `pixel_sums`: of
    // the input's pixels (OperandImage::pixel_sums).
    std::int64_t window_count() const;
    void sum_windows(const std::int32_t* pixel_sums, std::int32_t* windows) const;
    void gather_sums(const std::int32_t* windows, std::int64_t first, int count, std::int32_t* sums) const;

private:
    struct Corner {
        std::int64_t image;
        int y, x;  // of the input, under the kernel's first tap; may lie outside
    };
    // A row of the kernel over a row of the input: some taps left of it, some inside, some right of it.
    struct TapRow {
        int left, inside, right;
        std::int64_t first_pixel;  // of those inside
    };

    Corner corner(std::int64_t out_pixel) const;
    TapRow tap_row(const Corner& corner, int tap_y) const;
    // Of some output pixels of one row, those whose taps in a row of the kernel lie inside the image.
    struct Inside {
        int first, end;
    };
    Inside pixels_inside(const Corner& at, int tap_y, int count) const;
    void gather_taps(const std::byte* image, const Corner& at, int tap_y, int count, std::byte* rows) const;
    void sum_row(const std::int32_t* pixel_sums, std::int32_t* windows) const;
    void gather_edge(const std::byte* image, const TapRow& taps, std::byte* out) const;

    ConvolutionShape shape_;
    CopyRows copy_;
    int out_height_, out_width_, tap_elements_;
    std::ptrdiff_t pixel_bytes_, row_elements_, row_bytes_;
    AlignedVector<std::byte> padding_;  // the elements of kernel_width padding pixels
    std::int32_t padding_sum_;
};

}  // namespace dsqbench
