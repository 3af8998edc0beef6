#include "suite/core/safetensors.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "suite/core/error.h"
#include "suite/core/file_system.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

struct TypeFacts {
    ElementType type;
    std::string_view name;
    std::size_t size;
};

constexpr std::array<TypeFacts, 10> type_facts{{{ElementType::u8, "U8", 1},
                                                {ElementType::i8, "I8", 1},
                                                {ElementType::i16, "I16", 2},
                                                {ElementType::i32, "I32", 4},
                                                {ElementType::i64, "I64", 8},
                                                {ElementType::f16, "F16", 2},
                                                {ElementType::bf16, "BF16", 2},
                                                {ElementType::f32, "F32", 4},
                                                {ElementType::f64, "F64", 8},
                                                {ElementType::boolean, "BOOL", 1}}};

const TypeFacts& facts_of(ElementType type) {
    return *std::find_if(type_facts.begin(), type_facts.end(), [&](const auto& facts) { return facts.type == type; });
}

// The reference implementation allows 100 MB of header; our own files need kilobytes.
constexpr std::uint64_t header_limit = 100'000'000;

struct Reader {
    std::string_view data;
    const std::string& place;

    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data, "not a valid safetensors file: " + message, {}, place);
    }

    std::uint64_t unsigned_integer(const Json& value, const std::string& what) const {
        if (!value.is_number_unsigned()) fail(what + " is not a non-negative integer");
        return value.get<std::uint64_t>();
    }

    ElementType element_type(const Json& entry, const std::string& name) const {
        const auto position = entry.find("dtype");
        if (position == entry.end() || !position->is_string()) fail("tensor '" + name + "' has no dtype");
        const auto& text = position->get_ref<const std::string&>();
        for (const auto& facts : type_facts)
            if (facts.name == text) return facts.type;
        fail("tensor '" + name + "' has the unknown dtype '" + text.substr(0, 20) + "'");
    }

    StoredTensor tensor(const Json& entry, const std::string& name) const {
        if (!entry.is_object()) fail("tensor '" + name + "' is not an object");
        StoredTensor tensor;
        tensor.type = element_type(entry, name);
        const auto shape = entry.find("shape");
        if (shape == entry.end() || !shape->is_array()) fail("tensor '" + name + "' has no shape");
        std::uint64_t bytes = size_of(tensor.type);
        for (const auto& item : *shape) {
            const std::uint64_t extent = unsigned_integer(item, "an extent of tensor '" + name + "'");
            if (extent != 0 && bytes > data.size() / extent) fail("tensor '" + name + "' is larger than the file");
            bytes *= extent;
            tensor.shape.push_back(static_cast<std::int64_t>(extent));
        }
        const auto offsets = entry.find("data_offsets");
        if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2)
            fail("tensor '" + name + "' has no pair of data_offsets");
        const std::uint64_t begin = unsigned_integer((*offsets)[0], "an offset of tensor '" + name + "'");
        const std::uint64_t end = unsigned_integer((*offsets)[1], "an offset of tensor '" + name + "'");
        if (begin > end || end > data.size()) fail("tensor '" + name + "' lies outside the file");
        if (end - begin != bytes) fail("tensor '" + name + "' has offsets that do not match its shape");
        tensor.bytes = std::string(data.substr(begin, bytes));
        return tensor;
    }
};

}  // namespace

std::size_t size_of(ElementType type) { return facts_of(type).size; }
std::string_view name_of(ElementType type) { return facts_of(type).name; }

std::int64_t StoredTensor::element_count() const {
    std::int64_t count = 1;
    for (const auto extent : shape) count *= extent;
    return count;
}

TensorFile parse_safetensors(std::string_view bytes, const std::string& place) {
    Reader reader{bytes, place};
    if (bytes.size() < 8) reader.fail("it is shorter than 8 bytes");
    std::uint64_t header_size = 0;
    for (int i = 7; i >= 0; --i) header_size = header_size << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    if (header_size > header_limit || header_size > bytes.size() - 8) reader.fail("the header is longer than the file");
    // A depth limit, because the parser recurses: a valid header is three levels deep.
    const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 8; };
    const Json header = Json::parse(bytes.substr(8, header_size), shallow, false);
    if (!header.is_object()) reader.fail("the header is not a JSON object");
    reader.data = bytes.substr(8 + header_size);
    TensorFile file;
    for (const auto& [name, entry] : header.items()) {
        if (name != "__metadata__") {
            file.tensors.emplace(name, reader.tensor(entry, name));
            continue;
        }
        if (!entry.is_object()) reader.fail("__metadata__ is not an object");
        for (const auto& [key, value] : entry.items()) {
            if (!value.is_string()) reader.fail("__metadata__ entry '" + key + "' is not a string");
            file.metadata.emplace(key, value.get<std::string>());
        }
    }
    return file;
}

TensorFile read_safetensors(const std::filesystem::path& path) {
    return parse_safetensors(read_file(path, std::size_t{4} << 30), path.string());
}

std::string format_safetensors(const TensorFile& file) {
    Json header = Json::object();
    if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : file.tensors) {
        header[name] = {{"dtype", name_of(tensor.type)},
                        {"shape", tensor.shape},
                        {"data_offsets", {offset, offset + tensor.bytes.size()}}};
        offset += tensor.bytes.size();
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');  // data starts on 8 bytes, as the format recommends
    std::string bytes;
    bytes.reserve(8 + text.size() + offset);
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xFF);
    bytes += text;
    for (const auto& item : file.tensors) bytes += item.second.bytes;
    return bytes;
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
    write_file_atomically(path, format_safetensors(file));
}

}  // namespace dsqbench
