#include "quantizers/tensor_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstring>
#include <string>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

struct TypePair {
    ElementType stored;
    at::ScalarType scalar;
};

constexpr std::array<TypePair, 10> type_pairs{{{ElementType::u8, at::kByte},
                                               {ElementType::i8, at::kChar},
                                               {ElementType::i16, at::kShort},
                                               {ElementType::i32, at::kInt},
                                               {ElementType::i64, at::kLong},
                                               {ElementType::f16, at::kHalf},
                                               {ElementType::bf16, at::kBFloat16},
                                               {ElementType::f32, at::kFloat},
                                               {ElementType::f64, at::kDouble},
                                               {ElementType::boolean, at::kBool}}};

at::ScalarType scalar_type(ElementType type) {
    for (const auto& pair : type_pairs)
        if (pair.stored == type) return pair.scalar;
    throw Error(ExitCode::data, "a tensor's element type is unknown");
}

ElementType element_type(at::ScalarType type) {
    for (const auto& pair : type_pairs)
        if (pair.scalar == type) return pair.stored;
    throw Error(ExitCode::data, std::string("a tensor of type ") + at::toString(type) + " cannot be stored");
}

}  // namespace

at::Tensor to_tensor(const StoredTensor& stored) {
    at::Tensor tensor = at::empty(stored.shape, at::TensorOptions().dtype(scalar_type(stored.type)));
    if (tensor.nbytes() != stored.bytes.size())
        throw Error(ExitCode::data, "a tensor has " + std::to_string(stored.bytes.size()) + " bytes, its shape needs " +
                                        std::to_string(tensor.nbytes()));
    if (!stored.bytes.empty()) std::memcpy(tensor.data_ptr(), stored.bytes.data(), stored.bytes.size());
    return tensor;
}

StoredTensor to_stored(const at::Tensor& tensor) {
    const at::Tensor source = tensor.detach().to(at::kCPU).contiguous();
    StoredTensor stored;
    stored.type = element_type(source.scalar_type());
    stored.shape.assign(source.sizes().begin(), source.sizes().end());
    if (source.numel() > 0) stored.bytes.assign(static_cast<const char*>(source.data_ptr()), source.nbytes());
    return stored;
}

at::Tensor real_tensor(const TensorFile& file, const std::string& name, const std::string& place) {
    const auto position = file.tensors.find(name);
    if (position == file.tensors.end()) return {};
    const ElementType type = position->second.type;
    if (type != ElementType::f32 && type != ElementType::f64)
        throw Error(ExitCode::data, fmt::format("tensor '{}' has the type {}", name, name_of(type)),
                    "store it as F32 or F64", place);
    const at::Tensor tensor = to_tensor(position->second);
    if (!at::isfinite(tensor).all().item<bool>())
        throw Error(ExitCode::data, fmt::format("tensor '{}' is not finite", name), {}, place);
    return tensor;
}

void check_like(const at::Tensor& tensor, const at::Tensor& model, const std::string& name, const std::string& place) {
    if (tensor.sizes() != model.sizes())
        throw Error(ExitCode::data,
                    fmt::format("tensor '{}' has the shape [{}], not [{}]", name, fmt::join(tensor.sizes().vec(), ", "),
                                fmt::join(model.sizes().vec(), ", ")),
                    {}, place);
    if (tensor.scalar_type() != model.scalar_type())
        throw Error(ExitCode::data, fmt::format("tensor '{}' has another type than 'x'", name), {}, place);
}

}  // namespace dsqbench
