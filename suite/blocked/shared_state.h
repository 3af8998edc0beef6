// What an autograd function keeps between forward and backward beside tensors.
#pragma once

#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace dsqbench::blocked {

template <class State>
class StateHolder : public torch::CustomClassHolder {
public:
    explicit StateHolder(State state) : state(std::move(state)) {}
    State state;
};

template <class State>
void keep_state(torch::autograd::AutogradContext& context, State state) {
    context.saved_data["state"] = c10::IValue::make_capsule(c10::make_intrusive<StateHolder<State>>(std::move(state)));
}

template <class State>
c10::intrusive_ptr<StateHolder<State>> kept_state(torch::autograd::AutogradContext& context) {
    return c10::static_intrusive_pointer_cast<StateHolder<State>>(context.saved_data["state"].toCapsule());
}

using OptionalTensor = c10::optional<at::Tensor>;  // std::optional from LibTorch 2.x on

inline OptionalTensor optional_tensor(const at::Tensor& tensor) {
    return tensor.defined() ? OptionalTensor(tensor) : OptionalTensor();
}
inline at::Tensor tensor_or_undefined(const OptionalTensor& tensor) {
    return tensor.has_value() ? *tensor : at::Tensor();
}

}  // namespace dsqbench::blocked
