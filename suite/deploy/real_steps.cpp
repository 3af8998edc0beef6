#include "suite/deploy/real_steps.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench::deploy {

namespace {

void store_code(std::uint8_t* pixel, int channel, int bits, int code) {
    const int per_byte = codes_per_byte(bits);
    std::uint8_t& byte = pixel[channel / per_byte];
    const int shift = per_byte == 1 ? 0 : channel % per_byte * bits;
    byte = static_cast<std::uint8_t>(byte | code << shift);
}

// Up to four channels of one byte a code are a double word a pixel.
template <int... channel>
void read_words(const std::uint8_t* table, std::int64_t pixels, const std::uint8_t* image, std::uint8_t* codes) {
    for (std::int64_t i = 0; i < pixels; ++i, codes += 4) {
        const std::uint32_t word =
            (... | (std::uint32_t{table[256 * channel + image[channel * pixels + i]]} << (8 * channel)));
        std::memcpy(codes, &word, sizeof word);
    }
}

// Without a loop over the channels, which took longer than what it did.
constexpr void (*words_of_channels[])(const std::uint8_t*, std::int64_t, const std::uint8_t*, std::uint8_t*) = {
    read_words<0>, read_words<0, 1>, read_words<0, 1, 2>, read_words<0, 1, 2, 3>};

}  // namespace

void read_codes(const ReadImage& read_image, const TensorType& out, const std::uint8_t* image, std::uint8_t* codes) {
    const bool is_byte = codes_per_byte(out.bits) == 1;
    if (is_byte && out.channels <= 4)
        return words_of_channels[out.channels - 1](read_image.codes.data(), out.pixels(), image, codes);
    const int stride = pixel_bytes(out.channels, out.bits);
    std::fill_n(codes, out.bytes(), std::uint8_t{0});
    for (int c = 0; c < out.channels; ++c) {
        const std::uint8_t* table = read_image.codes.data() + std::ptrdiff_t{256} * c;
        std::uint8_t* pixel = codes;
        for (std::int64_t i = 0; i < out.pixels(); ++i, pixel += stride)
            if (is_byte)
                pixel[c] = table[*image++];
            else
                store_code(pixel, c, out.bits, table[*image++]);
    }
}

void read_reals(const ReadImage& read_image, const TensorType& out, const std::uint8_t* image, float* values) {
    for (int c = 0; c < out.channels; ++c) {
        const float* table = read_image.reals.data() + std::ptrdiff_t{256} * c;
        for (std::int64_t i = 0; i < out.pixels(); ++i) values[i * out.channels + c] = table[*image++];
    }
}

void mean_pixels(const TensorType& in, const float* values, float* means) {
    std::vector<double> sums(static_cast<std::size_t>(in.channels));
    for (std::int64_t i = 0; i < in.pixels(); ++i)
        for (double& sum : sums) sum += static_cast<double>(*values++);
    for (const double sum : sums) *means++ = static_cast<float>(sum / static_cast<double>(in.pixels()));
}

FloatConvolution::FloatConvolution(const RealConvolution& operation, const ConvolutionShape& shape)
    : shape_(shape), epilogue_(operation.epilogue), weights_(operation.weights.size()) {
    const auto depth = static_cast<std::size_t>(shape.depth()), channels = static_cast<std::size_t>(shape.out_channels);
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t k = 0; k < depth; ++k) weights_[k * channels + c] = operation.weights[c * depth + k];
}

void FloatConvolution::add_products(const float* input, std::int64_t out_pixel, std::vector<double>& sums) const {
    const int width = shape_.out_width(), height = shape_.out_height();
    const auto image = out_pixel / (std::int64_t{width} * height);
    const int top = static_cast<int>(out_pixel / width % height) * shape_.stride - shape_.padding.top;
    const int left = static_cast<int>(out_pixel % width) * shape_.stride - shape_.padding.left;
    const float* weight = weights_.data();
    for (int ky = 0; ky < shape_.kernel_height; ++ky)
        for (int kx = 0; kx < shape_.kernel_width; ++kx) {
            const int y = top + ky, x = left + kx;
            const bool inside = y >= 0 && y < shape_.height && x >= 0 && x < shape_.width;
            const float* pixel = input + ((image * shape_.height + y) * shape_.width + x) * shape_.in_channels;
            for (int channel = 0; channel < shape_.in_channels; ++channel, weight += sums.size()) {
                if (!inside) continue;
                const auto value = static_cast<double>(pixel[channel]);
                for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += value * static_cast<double>(weight[c]);
            }
        }
}

void FloatConvolution::run(const float* input, const ConvolutionBuffers& buffers) const {
    std::vector<double> sums(static_cast<std::size_t>(shape_.out_channels));
    for (std::size_t k = 0; k < epilogue_.grids.size(); ++k)
        std::fill_n(buffers.codes[k], shape_.out_pixels() * pixel_bytes(shape_.out_channels, epilogue_.grids[k].bits),
                    std::uint8_t{0});
    for (std::int64_t pixel = 0; pixel < shape_.out_pixels(); ++pixel) {
        std::fill(sums.begin(), sums.end(), 0.0);
        add_products(input, pixel, sums);
        for (int c = 0; c < shape_.out_channels; ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const std::int64_t place = pixel * shape_.out_channels + c;
            float y = epilogue_.scale[channel] * static_cast<float>(sums[channel]) + epilogue_.bias[channel];
            if (epilogue_.shortcut == Shortcut::added) y += buffers.shortcut[place];
            if (epilogue_.rectifier == Rectifier::relu) y = std::max(y, 0.0F);
            if (buffers.output != nullptr) static_cast<float*>(buffers.output)[place] = y;
            for (std::size_t k = 0; k < epilogue_.grids.size(); ++k) {
                const RealGrid& grid = epilogue_.grids[k];
                store_code(buffers.codes[k] + pixel * pixel_bytes(shape_.out_channels, grid.bits), c, grid.bits,
                           code_on(grid, y));
            }
        }
    }
}

}  // namespace dsqbench::deploy
