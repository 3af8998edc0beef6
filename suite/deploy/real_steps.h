// Steps that are no kernels: images in, means, and convolutions of layers that stay in float32.
#pragma once

#include <cstdint>
#include <vector>

#include "suite/deploy/network.h"

namespace dsqbench::deploy {

// One image, [C, H, W] bytes, to packed codes or to float32, NHWC.
void read_codes(const ReadImage& read_image, const TensorType& out, const std::uint8_t* image, std::uint8_t* codes);
void read_reals(const ReadImage& read_image, const TensorType& out, const std::uint8_t* image, float* values);

// Of one image: the float64 sum in the order of the pixels, divided by their number, rounded to float32.
void mean_pixels(const TensorType& in, const float* values, float* means);

// Products are exact in float64; they are added there in the order of the taps and rounded once to float32. Meant to be
// right, not fast.
class FloatConvolution {
public:
    FloatConvolution(const RealConvolution& operation, const ConvolutionShape& shape);
    void run(const float* input, const ConvolutionBuffers& buffers) const;

private:
    void add_products(const float* input, std::int64_t out_pixel, std::vector<double>& sums) const;

    ConvolutionShape shape_;
    RealNumbers epilogue_;
    std::vector<float> weights_;  // [KH][KW][C][OC]
};

}  // namespace dsqbench::deploy
