#include "kernels/reference/convolution.h"

#include "kernels/api/layout.h"
#include "kernels/reference/epilogue.h"

namespace dsqbench {
namespace {

struct Position {
    int image, y, x;
};

class ReferenceConvolution : public Convolution {
public:
    ReferenceConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights)
        : problem_(problem), weights_(weights.begin(), weights.end()) {}

    std::size_t weight_bytes() const override { return weights_.size(); }
    void run_blocks(const ConvolutionBuffers& buffers, const std::byte*, std::byte*, Blocks) const override {
        const ConvolutionShape& shape = problem_.shape;
        std::vector<std::int32_t> sums;
        for (int image = 0; image < shape.batch; ++image)
            for (int y = 0; y < shape.out_height(); ++y)
                for (int x = 0; x < shape.out_width(); ++x)
                    for (int channel = 0; channel < shape.out_channels; ++channel)
                        sums.push_back(sum(buffers, {image, y, x}, channel));
        std::visit([&](const auto& epilogue) { write(epilogue, sums, buffers); }, problem_.epilogue);
    }

private:
    std::int32_t sum(const ConvolutionBuffers& buffers, Position out, int out_channel) const {
        const ConvolutionShape& shape = problem_.shape;
        const std::uint8_t* weight = weights_.data() + std::ptrdiff_t{out_channel} * shape.depth();
        const int first_channel = shape.depthwise() ? out_channel : 0;
        std::int32_t total = 0;
        for (int ky = 0; ky < shape.kernel_height; ++ky) {
            for (int kx = 0; kx < shape.kernel_width; ++kx) {
                const Position in{out.image, out.y * shape.stride + ky - shape.padding.top,
                                  out.x * shape.stride + kx - shape.padding.left};
                for (int channel = 0; channel < shape.group_channels(); ++channel) {
                    const int code = activation(buffers, in, first_channel + channel);
                    total += problem_.activations.value(code) * problem_.weights.value(*weight++);
                }
            }
        }
        return total;
    }

    int activation(const ConvolutionBuffers& buffers, Position in, int channel) const {
        const ConvolutionShape& shape = problem_.shape;
        const bool inside = in.y >= 0 && in.y < shape.height && in.x >= 0 && in.x < shape.width;
        if (!inside) return problem_.padding_code;
        const int bits = problem_.activations.bits;
        const std::ptrdiff_t pixel = (std::ptrdiff_t{in.image} * shape.height + in.y) * shape.width + in.x;
        return packed_code(buffers.activations + pixel * pixel_bytes(shape.in_channels, bits), channel, bits);
    }

    void write(const KeepSums&, const std::vector<std::int32_t>& sums, const ConvolutionBuffers& buffers) const {
        std::copy(sums.begin(), sums.end(), static_cast<std::int32_t*>(buffers.output));
    }

    void write(const Thresholds& thresholds, const std::vector<std::int32_t>& sums,
               const ConvolutionBuffers& buffers) const {
        std::vector<std::uint8_t> codes;
        for (std::size_t i = 0; i < sums.size(); ++i)
            codes.push_back(static_cast<std::uint8_t>(reference_code(thresholds, channel_of(i), sums[i])));
        write_codes(codes, buffers);
    }

    void write(const Requantize& requantize, const std::vector<std::int32_t>& sums,
               const ConvolutionBuffers& buffers) const {
        std::vector<std::uint8_t> residual(sums.size());
        if (requantize.residual)
            residual = unpack_codes({buffers.residual, residual_bytes(problem_)}, problem_.shape.out_channels,
                                    requantize.residual->type.bits);
        std::vector<std::uint8_t> codes;
        for (std::size_t i = 0; i < sums.size(); ++i)
            codes.push_back(static_cast<std::uint8_t>(reference_code(requantize, channel_of(i), sums[i], residual[i])));
        write_codes(codes, buffers);
    }

    void write(const RealNumbers& real, const std::vector<std::int32_t>& sums,
               const ConvolutionBuffers& buffers) const {
        const ConvolutionShape& shape = problem_.shape;
        const std::int64_t image_pixels = std::int64_t{shape.out_height()} * shape.out_width();
        std::vector<std::vector<std::uint8_t>> codes(real.grids.size());
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto pixel = static_cast<std::int64_t>(i) / shape.out_channels;
            const std::int32_t window_sum = real.window_scale.empty() ? 0 : buffers.window_sums[pixel];
            const float shortcut = real.shortcut == Shortcut::added ? buffers.shortcut[i] : 0.0F;
            const float value =
                reference_real(real, channel_of(i), pixel % image_pixels, sums[i], window_sum, shortcut);
            if (buffers.output != nullptr) static_cast<float*>(buffers.output)[i] = value;
            for (std::size_t k = 0; k < codes.size(); ++k)
                codes[k].push_back(static_cast<std::uint8_t>(reference_code(real.grids[k], value)));
        }
        for (std::size_t k = 0; k < codes.size(); ++k) {
            const auto packed = pack_codes(codes[k], shape.out_channels, real.grids[k].bits);
            std::copy(packed.begin(), packed.end(), buffers.codes[k]);
        }
    }

    void write_codes(const std::vector<std::uint8_t>& codes, const ConvolutionBuffers& buffers) const {
        const auto packed = pack_codes(codes, problem_.shape.out_channels, output_bits(problem_.epilogue));
        std::copy(packed.begin(), packed.end(), static_cast<std::uint8_t*>(buffers.output));
    }

    int channel_of(std::size_t index) const {
        return static_cast<int>(index % static_cast<std::size_t>(problem_.shape.out_channels));
    }

    ConvolutionProblem problem_;
    std::vector<std::uint8_t> weights_;
};

bool supports(const ConvolutionProblem&) {
    return true;
}

// Some twenty scalar instructions a product, against at most two thirds of a vector instruction elsewhere.
double cost(const ConvolutionProblem&) {
    return 20.0;
}

std::unique_ptr<Convolution> prepare_reference(const ConvolutionProblem& problem,
                                               std::span<const std::uint8_t> weights) {
    return std::make_unique<ReferenceConvolution>(problem, weights);
}

}  // namespace

KernelVariant reference_variant() {
    return {"reference/scalar", InstructionSet::baseline, supports, cost, prepare_reference};
}

}  // namespace dsqbench
