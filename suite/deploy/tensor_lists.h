// Lists of numbers as tensors of a safetensors file. Little-endian, as are the processors that this builds for.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "suite/core/safetensors.h"

namespace dsqbench::deploy {

static_assert(std::endian::native == std::endian::little);

template <class Value>
inline constexpr ElementType stored_type = ElementType::u8;
template <>
inline constexpr ElementType stored_type<float> = ElementType::f32;
template <>
inline constexpr ElementType stored_type<std::int32_t> = ElementType::i32;

template <class Value>
StoredTensor stored(const std::vector<Value>& values) {
    StoredTensor tensor{stored_type<Value>, {static_cast<std::int64_t>(values.size())}, {}};
    tensor.bytes.resize(values.size() * sizeof(Value));
    if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
    return tensor;
}

// `tensor`: of this type, of any shape.
template <class Value>
std::vector<Value> values_of(const StoredTensor& tensor) {
    std::vector<Value> values(tensor.bytes.size() / sizeof(Value));
    if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(Value));
    return values;
}

}  // namespace dsqbench::deploy
