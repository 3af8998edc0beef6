// materialise() and join(): the passes that no convolution takes over.
#include <algorithm>
#include <limits>

#include "suite/blocked/feature.h"
#include "suite/blocked/plan.h"
#include "suite/blocked/shared_state.h"

namespace dsqbench::blocked {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// One operand of an element-wise layer: its tensors, and in the backward pass what they get.
struct Operand {
    at::Tensor values, scale, shift;  // scale and shift may be undefined
    Rectified rectified = Rectified::no;

    Normalisation of_block(std::int64_t index) const {
        if (!scale.defined()) return {nullptr, nullptr, rectified};
        return Normalisation{scale.data_ptr<float>(), shift.data_ptr<float>(), rectified}.of_block(index);
    }
};

struct OperandGradients {
    explicit OperandGradients(const Operand& operand)
        : values(at::empty_like(operand.values)),
          scale(static_cast<std::size_t>(operand.values.size(1) * block)),
          shift(scale.size()) {}

    NormalisationSums of_block(std::int64_t index) { return {&scale[index * block], &shift[index * block]}; }
    at::Tensor scale_tensor() const { return at::tensor(scale, at::kDouble).to(at::kFloat); }
    at::Tensor shift_tensor() const { return at::tensor(shift, at::kDouble).to(at::kFloat); }

    at::Tensor values;
    std::vector<double> scale, shift;
};

// visit(offset in floats, channel block, pixels) for every chunk of every plane, in their order.
template <class Visit>
void for_each_chunk(const at::Tensor& values, Visit visit) {
    const std::int64_t pixels = values.size(2) * values.size(3), blocks = values.size(1);
    for (std::int64_t plane = 0; plane < values.size(0) * blocks; ++plane)
        for (std::int64_t first = 0; first < pixels; first += chunk)
            visit((plane * pixels + first) * block, plane % blocks, std::min(chunk, pixels - first));
}

struct MaterialiseFunction : torch::autograd::Function<MaterialiseFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& values, const OptionalTensor& scale,
                              const OptionalTensor& shift, bool is_rectified) {
        const Operand operand{values, tensor_or_undefined(scale), tensor_or_undefined(shift),
                              is_rectified ? Rectified::yes : Rectified::no};
        at::Tensor z = at::empty_like(values);
        for_each_chunk(values, [&](std::int64_t at, std::int64_t index, std::int64_t pixels) {
            normalise(operand.of_block(index), values.data_ptr<float>() + at, pixels, z.data_ptr<float>() + at);
        });
        context->save_for_backward({values, operand.scale, operand.shift, z});
        context->saved_data["rectified"] = is_rectified;
        return z;
    }

    static variable_list backward(AutogradContext* context, const variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const bool is_rectified = context->saved_data["rectified"].toBool();
        const Operand operand{saved[0], saved[1], saved[2], is_rectified ? Rectified::yes : Rectified::no};
        OperandGradients found(operand);
        const at::Tensor from = upstream[0].contiguous();
        float* to = found.values.data_ptr<float>();
        for_each_chunk(saved[0], [&](std::int64_t at, std::int64_t index, std::int64_t pixels) {
            std::copy_n(from.data_ptr<float>() + at, pixels * block, to + at);
            normalisation_gradient(operand.of_block(index), saved[0].data_ptr<float>() + at,
                                   saved[3].data_ptr<float>() + at, pixels, to + at, found.of_block(index));
        });
        if (!operand.scale.defined()) return {found.values, {}, {}, {}};
        return {found.values, found.scale_tensor(), found.shift_tensor(), {}};
    }
};

struct JoinFunction : torch::autograd::Function<JoinFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& branch, const OptionalTensor& branch_scale,
                              const OptionalTensor& branch_shift, const at::Tensor& shortcut,
                              const OptionalTensor& shortcut_scale, const OptionalTensor& shortcut_shift,
                              ChannelExtremes* extremes) {
        const Operand a{branch, tensor_or_undefined(branch_scale), tensor_or_undefined(branch_shift)};
        const Operand b{shortcut, tensor_or_undefined(shortcut_scale), tensor_or_undefined(shortcut_shift)};
        at::Tensor out = at::empty_like(branch);
        float normalised[2][chunk * block];
        for_each_chunk(branch, [&](std::int64_t at, std::int64_t index, std::int64_t pixels) {
            normalise(a.of_block(index), branch.data_ptr<float>() + at, pixels, normalised[0]);
            const float* second = shortcut.data_ptr<float>() + at;
            if (b.scale.defined()) normalise(b.of_block(index), second, pixels, normalised[1]);
            if (b.scale.defined()) second = normalised[1];
            blocked::join(normalised[0], second, pixels, out.data_ptr<float>() + at, &extremes->lowest[index * block],
                          &extremes->highest[index * block]);
        });
        context->save_for_backward({branch, a.scale, a.shift, shortcut, b.scale, b.shift, out});
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const Operand a{saved[0], saved[1], saved[2]}, b{saved[3], saved[4], saved[5]};
        OperandGradients of_a(a), of_b(b);
        const at::Tensor& out = saved[6];
        const at::Tensor from = upstream[0].contiguous();
        float *to_a = of_a.values.data_ptr<float>(), *to_b = of_b.values.data_ptr<float>();
        for_each_chunk(out, [&](std::int64_t at, std::int64_t index, std::int64_t pixels) {
            join_gradient(out.data_ptr<float>() + at, from.data_ptr<float>() + at, pixels, to_b + at);
            std::copy_n(to_b + at, pixels * block, to_a + at);
            normalisation_gradient(a.of_block(index), a.values.data_ptr<float>() + at, nullptr, pixels, to_a + at,
                                   of_a.of_block(index));
            if (b.scale.defined())
                normalisation_gradient(b.of_block(index), b.values.data_ptr<float>() + at, nullptr, pixels, to_b + at,
                                       of_b.of_block(index));
        });
        variable_list gradients(7);
        gradients[0] = of_a.values;
        if (a.scale.defined()) gradients[1] = of_a.scale_tensor();
        if (a.scale.defined()) gradients[2] = of_a.shift_tensor();
        gradients[3] = of_b.values;
        if (b.scale.defined()) gradients[4] = of_b.scale_tensor();
        if (b.scale.defined()) gradients[5] = of_b.shift_tensor();
        return gradients;
    }
};

}  // namespace

Feature materialise(const Feature& feature) {
    Feature out;
    out.values = MaterialiseFunction::apply(feature.values, optional_tensor(feature.scale),
                                            optional_tensor(feature.shift), feature.rectified == Rectified::yes);
    if (feature.extremes) out.extremes = std::make_shared<ChannelExtremes>(normalised_extremes(feature));
    return out;
}

Feature join(const Feature& branch, const Feature& shortcut) {
    const auto extremes = std::make_shared<ChannelExtremes>();
    extremes->lowest.assign(static_cast<std::size_t>(branch.channels()), std::numeric_limits<float>::infinity());
    extremes->highest.assign(extremes->lowest.size(), -std::numeric_limits<float>::infinity());
    Feature out;
    out.values = JoinFunction::apply(branch.values, optional_tensor(branch.scale), optional_tensor(branch.shift),
                                     shortcut.values, optional_tensor(shortcut.scale), optional_tensor(shortcut.shift),
                                     extremes.get());
    out.extremes = extremes;
    return out;
}

}  // namespace dsqbench::blocked
