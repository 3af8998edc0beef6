// The safetensors container: 8 bytes of little-endian header length, a JSON header, raw little-endian data. Read and
// written without LibTorch, and safe on hostile files: every length, shape, type and offset is checked before use.
// Format: https://huggingface.co/docs/safetensors, "Format".
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

enum class ElementType { u8, i8, i16, i32, i64, f16, bf16, f32, f64, boolean };

std::size_t size_of(ElementType type);             // bytes of one element
std::string_view name_of(ElementType type);        // "F32"

struct StoredTensor {
    ElementType type = ElementType::f32;
    std::vector<std::int64_t> shape;  // empty for a scalar
    std::string bytes;                // row-major, little-endian

    std::int64_t element_count() const;
};

struct TensorFile {
    std::map<std::string, StoredTensor> tensors;
    std::map<std::string, std::string> metadata;
};

// `place` names the source in messages. Throws Error(data) on anything that is not a whole, consistent file.
TensorFile parse_safetensors(std::string_view bytes, const std::string& place);
TensorFile read_safetensors(const std::filesystem::path& path);

std::string format_safetensors(const TensorFile& file);
// Atomic: see write_file_atomically.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

}  // namespace dsqbench
