#include "suite/blocked/plan.h"

namespace dsqbench::blocked {

namespace {

void add_tap(Plan& plan, PixelClass& pixels, const Tap& tap) {
    plan.taps.push_back(tap);
    pixels.offsets.push_back(tap.offset);
}

std::int64_t floor_divide(std::int64_t numerator, std::int64_t divisor) {
    return (numerator - ((numerator % divisor + divisor) % divisor)) / divisor;
}

// Input pixel (stride i + row, stride j + column) takes from output pixel i + (row + halo - kernel row) / stride where
// that is whole.
PixelClass gradient_class(Plan& plan, const ConvolutionShape& shape, std::int64_t row, std::int64_t column) {
    PixelClass pixels;
    pixels.first_tap = static_cast<std::int64_t>(plan.taps.size());
    pixels.first_row = row;
    pixels.first_column = column;
    pixels.rows = (shape.height - row + shape.stride - 1) / shape.stride;
    pixels.columns = (shape.width - column + shape.stride - 1) / shape.stride;
    for (int y = 0; y < shape.kernel; ++y)
        for (int x = 0; x < shape.kernel; ++x) {
            const std::int64_t down = row + shape.halo() - y, right = column + shape.halo() - x;
            if (down % shape.stride != 0 || right % shape.stride != 0) continue;
            const std::int64_t padded_row = floor_divide(down, shape.stride) + shape.halo();
            const std::int64_t padded_column = floor_divide(right, shape.stride) + shape.halo();
            add_tap(plan, pixels, {y, x, (padded_row * plan.padded_width + padded_column) * block});
        }
    return pixels;
}

}  // namespace

bool is_supported(const ConvolutionShape& shape) {
    return (shape.kernel == 3 || shape.kernel == 1) && (shape.stride == 1 || shape.stride == 2) &&
           shape.in_blocks > 0 && shape.out_blocks > 0 && shape.height > 0 && shape.width > 0;
}

Plan forward_plan(const ConvolutionShape& shape) {
    Plan plan;
    plan.in_blocks = shape.in_blocks;
    plan.out_blocks = shape.out_blocks;
    plan.padded_width = shape.width + 2 * shape.halo();
    plan.padded_plane = shape.padded_plane(shape.height, shape.width);
    plan.out_height = shape.out_height();
    plan.out_width = shape.out_width();
    plan.in_step = shape.stride;
    PixelClass pixels;
    pixels.rows = plan.out_height;
    pixels.columns = plan.out_width;
    for (int y = 0; y < shape.kernel; ++y)
        for (int x = 0; x < shape.kernel; ++x) add_tap(plan, pixels, {y, x, (y * plan.padded_width + x) * block});
    plan.classes.push_back(pixels);
    return plan;
}

Plan input_gradient_plan(const ConvolutionShape& shape) {
    Plan plan;
    plan.in_blocks = shape.out_blocks;
    plan.out_blocks = shape.in_blocks;
    plan.padded_width = shape.out_width() + 2 * shape.halo();
    plan.padded_plane = shape.padded_plane(shape.out_height(), shape.out_width());
    plan.out_height = shape.height;
    plan.out_width = shape.width;
    plan.out_step = shape.stride;
    for (std::int64_t row = 0; row < shape.stride; ++row)
        for (std::int64_t column = 0; column < shape.stride; ++column)
            plan.classes.push_back(gradient_class(plan, shape, row, column));
    return plan;
}

}  // namespace dsqbench::blocked
