// convolution(): an autograd function around the convolutions of one image. Everything that is element-wise happens
// where an image passes through the caches anyway: normalisation, ReLU and quantizer while its copy with a halo is made
// (and again in the backward pass, so that only `values` is kept), their gradients on the input gradient of the image
// that was just computed, mean and variance of the output on the planes just stored, and their gradient while the
// output gradient gets its halo.
#include <algorithm>
#include <stdexcept>

#include "suite/blocked/convolution.h"
#include "suite/blocked/feature.h"
#include "suite/blocked/shared_state.h"
#include "suite/blocked/weights.h"

namespace dsqbench::blocked {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct LayerState {
    ConvolutionLayer layer;
    ConvolutionShape shape;
    Rectified rectified = Rectified::no;
    bool needs_input_gradient = false;
    std::shared_ptr<ChannelExtremes> extremes;
};

float* floats(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

// Where the image with its halo has pixel (row, 0).
std::int64_t padded_row(const ConvolutionShape& shape, std::int64_t plane, std::int64_t width, std::int64_t row) {
    return plane + ((row + shape.halo()) * (width + 2 * shape.halo()) + shape.halo()) * block;
}

void pad_input(const LayerState& state, const Normalisation& normalisation, const float* image, float* padded) {
    const ConvolutionShape& shape = state.shape;
    const ElementwisePass* pass = state.layer.site.pass.get();
    const std::int64_t row_size = shape.width * block;
    for (std::int64_t index = 0; index < shape.in_blocks; ++index) {
        const Normalisation of_block = normalisation.of_block(index);
        const std::int64_t plane = index * shape.padded_plane(shape.height, shape.width);
        for (std::int64_t row = 0; row < shape.height; ++row, image += row_size) {
            float* to = padded + padded_row(shape, plane, shape.width, row);
            if (pass != nullptr && of_block.is_identity()) {
                pass->value(image, row_size, to);
                continue;
            }
            normalise(of_block, image, shape.width, to);
            if (pass != nullptr) pass->value(to, row_size, to);
        }
    }
}

// Mean and variance over images and pixels from those of the planes [images, blocks], by Chan, Golub and LeVeque 1979.
void combine_statistics(const std::vector<PlaneStatistics>& planes, std::int64_t blocks, std::int64_t pixels,
                        float* mean, float* variance, ChannelExtremes& extremes) {
    const auto images = static_cast<std::int64_t>(planes.size()) / blocks;
    for (std::int64_t channel = 0; channel < blocks * block; ++channel) {
        const auto lane = static_cast<std::size_t>(channel % block);
        const auto plane = [&](std::int64_t image) -> const PlaneStatistics& {
            return planes[static_cast<std::size_t>(image * blocks + channel / block)];
        };
        double sum = 0, distance = 0;
        float lowest = plane(0).lowest[lane], highest = plane(0).highest[lane];
        for (std::int64_t image = 0; image < images; ++image) {
            sum += static_cast<double>(plane(image).mean[lane]);
            lowest = std::min(lowest, plane(image).lowest[lane]);
            highest = std::max(highest, plane(image).highest[lane]);
        }
        const double middle = sum / static_cast<double>(images);
        for (std::int64_t image = 0; image < images; ++image) {
            const double from_middle = static_cast<double>(plane(image).mean[lane]) - middle;
            distance += static_cast<double>(plane(image).distance[lane]) +
                        static_cast<double>(pixels) * from_middle * from_middle;
        }
        mean[channel] = static_cast<float>(middle);
        variance[channel] = static_cast<float>(distance / static_cast<double>(images * pixels));
        extremes.lowest[static_cast<std::size_t>(channel)] = lowest;
        extremes.highest[static_cast<std::size_t>(channel)] = highest;
    }
}

// What comes in from the output: its own gradient, and by way of mean and variance.
struct OutputGradient {
    const float* upstream;
    const float* y;
    const float* mean;
    std::vector<float> constant, slope;  // a channel; empty without statistics
};

OutputGradient output_gradient(const at::Tensor& upstream, const at::Tensor& y, const at::Tensor& mean,
                               const at::Tensor& mean_gradient, const at::Tensor& variance_gradient) {
    OutputGradient found{floats(upstream), floats(y), floats(mean), {}, {}};
    if (!mean.defined()) return found;
    const auto count = static_cast<double>(y.size(0) * y.size(2) * y.size(3));
    for (std::int64_t c = 0; c < mean.numel(); ++c) {
        found.constant.push_back(
            mean_gradient.defined() ? static_cast<float>(static_cast<double>(floats(mean_gradient)[c]) / count) : 0);
        found.slope.push_back(variance_gradient.defined()
                                  ? static_cast<float>(2 * static_cast<double>(floats(variance_gradient)[c]) / count)
                                  : 0);
    }
    return found;
}

void pad_output_gradient(const ConvolutionShape& shape, const OutputGradient& from, std::int64_t image, float* padded) {
    const std::int64_t width = shape.out_width(), row_size = width * block;
    std::int64_t at = image * shape.out_size();
    for (std::int64_t index = 0; index < shape.out_blocks; ++index) {
        const std::int64_t plane = index * shape.padded_plane(shape.out_height(), width), channel = index * block;
        for (std::int64_t row = 0; row < shape.out_height(); ++row, at += row_size) {
            float* to = padded + padded_row(shape, plane, width, row);
            if (from.constant.empty())
                std::copy_n(from.upstream + at, row_size, to);
            else
                add_statistics_gradient(from.upstream + at, from.y + at, width, &from.constant[channel],
                                        &from.slope[channel], from.mean + channel, to);
        }
    }
}

struct InputSums {
    std::vector<double> scale, shift;
    ElementwisePass::Sums site{};
};

// gradient: of what was convolved on entry, of `image` on return.
void element_wise_gradient(const LayerState& state, const Normalisation& normalisation, const float* image,
                           float* gradient, InputSums& sums) {
    const ConvolutionShape& shape = state.shape;
    const ElementwisePass* pass = state.layer.site.pass.get();
    if (pass == nullptr && normalisation.is_identity()) return;
    const std::int64_t pixels = shape.height * shape.width;
    float normalised[chunk * block];
    for (std::int64_t index = 0; index < shape.in_blocks; ++index)
        for (std::int64_t first = 0; first < pixels; first += chunk) {
            const std::int64_t at = (index * pixels + first) * block, count = std::min(chunk, pixels - first);
            const Normalisation of_block = normalisation.of_block(index);
            const float* z = image + at;
            if (!normalisation.is_identity()) {
                normalise(of_block, image + at, count, normalised);
                z = normalised;
            }
            if (pass != nullptr) pass->gradient(z, gradient + at, count * block, gradient + at, sums.site);
            if (!normalisation.is_identity())
                normalisation_gradient(of_block, image + at, z, count, gradient + at,
                                       {sums.scale.data() + index * block, sums.shift.data() + index * block});
        }
}

at::Tensor float_tensor(const std::vector<double>& values) {
    return at::tensor(values, at::kDouble).to(at::kFloat);
}

struct ConvolutionFunction : torch::autograd::Function<ConvolutionFunction> {
    // The parameters of the quantizer are arguments only so that gradients flow to them: `state` holds their values.
    static variable_list forward(AutogradContext* context, const at::Tensor& values, const OptionalTensor& scale,
                                 const OptionalTensor& shift, const at::Tensor& weight, const OptionalTensor& /*first*/,
                                 const OptionalTensor& /*second*/, const OptionalTensor& /*third*/,
                                 const LayerState& state) {
        const ConvolutionShape& shape = state.shape;
        const at::Tensor scale_values = tensor_or_undefined(scale), shift_values = tensor_or_undefined(shift);
        const Normalisation normalisation{floats(scale_values), floats(shift_values), state.rectified};
        const Plan plan = forward_plan(shape);
        std::vector<float> packed(static_cast<std::size_t>(shape.weights()));
        pack_forward(instruction_set(), shape, plan, floats(weight), packed.data());
        std::vector<float> padded(static_cast<std::size_t>(shape.padded_in_size()));
        const at::Tensor y = at::empty({values.size(0), shape.out_blocks, shape.out_height(), shape.out_width(), block},
                                       values.options());
        std::vector<PlaneStatistics> planes;
        const std::int64_t pixels = shape.out_height() * shape.out_width();
        for (std::int64_t image = 0; image < values.size(0); ++image) {
            pad_input(state, normalisation, floats(values) + image * shape.in_size(), padded.data());
            float* out = floats(y) + image * shape.out_size();
            convolve(instruction_set(), plan, padded.data(), packed.data(), out);
            if (!state.layer.measures) continue;
            for (std::int64_t index = 0; index < shape.out_blocks; ++index)
                planes.push_back(plane_statistics(out + index * pixels * block, pixels));
        }
        at::Tensor mean, variance;
        if (state.layer.measures) {
            mean = at::empty({shape.out_blocks * block}, values.options());
            variance = at::empty_like(mean);
            combine_statistics(planes, shape.out_blocks, pixels, floats(mean), floats(variance), *state.extremes);
        }
        context->save_for_backward({values, scale_values, shift_values, weight, y, mean});
        keep_state(*context, state);
        return state.layer.measures ? variable_list{y, mean, variance} : variable_list{y};
    }

    static variable_list backward(AutogradContext* context, const variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &values = saved[0], &weight = saved[3], &y = saved[4];
        const auto holder = kept_state<LayerState>(*context);
        const LayerState& state = holder->state;
        const ConvolutionShape& shape = state.shape;
        const InstructionSet isa = instruction_set();
        const Normalisation normalisation{floats(saved[1]), floats(saved[2]), state.rectified};
        const at::Tensor from = upstream[0].contiguous();
        const at::Tensor mean_gradient = state.layer.measures ? upstream[1].contiguous() : at::Tensor();
        const at::Tensor variance_gradient = state.layer.measures ? upstream[2].contiguous() : at::Tensor();
        const OutputGradient of_output = output_gradient(from, y, saved[5], mean_gradient, variance_gradient);

        const bool needs_input = state.needs_input_gradient;
        const Plan plan = input_gradient_plan(shape);
        std::vector<float> packed(static_cast<std::size_t>(shape.weights())), weight_sums(packed.size());
        if (needs_input) pack_input_gradient(isa, shape, plan, floats(weight), packed.data());
        std::vector<float> padded_input(static_cast<std::size_t>(shape.padded_in_size()));
        std::vector<float> padded_gradient(static_cast<std::size_t>(shape.padded_out_size()));
        const at::Tensor gradient = needs_input ? at::empty_like(values) : at::Tensor();
        InputSums sums;
        sums.scale.resize(static_cast<std::size_t>(shape.in_blocks * block));
        sums.shift.resize(sums.scale.size());
        for (std::int64_t image = 0; image < values.size(0); ++image) {
            const float* of_image = floats(values) + image * shape.in_size();
            pad_output_gradient(shape, of_output, image, padded_gradient.data());
            pad_input(state, normalisation, of_image, padded_input.data());
            add_weight_gradient(isa, shape, padded_input.data(), padded_gradient.data(), weight_sums.data());
            if (!needs_input) continue;
            float* to = floats(gradient) + image * shape.in_size();
            convolve(isa, plan, padded_gradient.data(), packed.data(), to);
            element_wise_gradient(state, normalisation, of_image, to, sums);
        }
        variable_list gradients(8);
        gradients[0] = gradient;
        if (normalisation.scale != nullptr) gradients[1] = float_tensor(sums.scale);
        if (normalisation.scale != nullptr) gradients[2] = float_tensor(sums.shift);
        gradients[3] = at::empty_like(weight);
        unpack_weight_gradient(isa, shape, weight_sums.data(), floats(gradients[3]));
        const FusedSite& site = state.layer.site;
        if (site.pass == nullptr || !needs_input) return gradients;
        const std::vector<float> of_parameters = site.gradients(sums.site);
        for (std::size_t k = 0; k < of_parameters.size(); ++k)
            gradients[4 + k] = at::full_like(site.parameters[k], of_parameters[k]);
        return gradients;
    }
};

ConvolutionShape shape_of(const Feature& input, const at::Tensor& weight, std::int64_t stride) {
    ConvolutionShape shape;
    shape.in_blocks = input.values.size(1);
    shape.out_blocks = weight.size(0) / block;
    shape.height = input.values.size(2);
    shape.width = input.values.size(3);
    shape.kernel = weight.size(2);
    shape.stride = stride;
    return shape;
}

}  // namespace

Convolved convolution(const Feature& input, const at::Tensor& weight, const ConvolutionLayer& layer) {
    const std::int64_t missing = input.channels() - weight.size(1);
    const at::Tensor all = missing == 0 ? weight : at::constant_pad_nd(weight, {0, 0, 0, 0, 0, missing});
    LayerState state{layer, shape_of(input, weight, layer.stride), input.rectified, false, {}};
    const auto learns = [](const at::Tensor& tensor) { return tensor.defined() && tensor.requires_grad(); };
    const auto& parameters_of_site = layer.site.parameters;
    state.needs_input_gradient = learns(input.values) || learns(input.scale) ||
                                 std::any_of(parameters_of_site.begin(), parameters_of_site.end(), learns);
    if (!is_supported(state.shape) || weight.size(0) % block != 0 || missing < 0 || weight.size(3) != weight.size(2))
        throw std::logic_error("this convolution has no blocked form");
    if (layer.measures) {
        state.extremes = std::make_shared<ChannelExtremes>();
        state.extremes->lowest.resize(static_cast<std::size_t>(weight.size(0)));
        state.extremes->highest.resize(state.extremes->lowest.size());
    }
    OptionalTensor parameters[FusedSite::most_parameters];
    for (std::size_t k = 0; k < parameters_of_site.size(); ++k) parameters[k] = parameters_of_site[k];
    const auto outputs =
        ConvolutionFunction::apply(input.values, optional_tensor(input.scale), optional_tensor(input.shift),
                                   all.contiguous(), parameters[0], parameters[1], parameters[2], state);
    if (!layer.measures) return {outputs[0], {}, {}, {}};
    return {outputs[0], outputs[1], outputs[2], state.extremes};
}

}  // namespace dsqbench::blocked
