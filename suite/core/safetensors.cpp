#include "suite/core/safetensors.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

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

// No product of extents may overflow, not even that of a tensor without elements.
constexpr std::uint64_t element_limit = std::uint64_t{1} << 48;

struct Entry {
    std::string name;
    StoredTensor tensor;
    std::uint64_t begin = 0, end = 0;
};

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

    ElementType element_type(const Json& json, const std::string& name) const {
        const auto position = json.find("dtype");
        if (position == json.end() || !position->is_string()) fail("tensor '" + name + "' has no dtype");
        const auto& text = position->get_ref<const std::string&>();
        for (const auto& facts : type_facts)
            if (facts.name == text) return facts.type;
        fail("tensor '" + name + "' has the unknown dtype '" + text.substr(0, 20) + "'");
    }

    std::vector<std::int64_t> shape(const Json& json, const std::string& name) const {
        const auto position = json.find("shape");
        if (position == json.end() || !position->is_array()) fail("tensor '" + name + "' has no shape");
        std::vector<std::int64_t> extents;
        std::uint64_t product = 1;
        for (const auto& item : *position) {
            const std::uint64_t extent = unsigned_integer(item, "an extent of tensor '" + name + "'");
            if (extent > element_limit / product) fail("tensor '" + name + "' is larger than any file");
            product *= std::max<std::uint64_t>(extent, 1);
            extents.push_back(static_cast<std::int64_t>(extent));
        }
        return extents;
    }

    Entry entry(const Json& json, const std::string& name) const {
        if (!json.is_object()) fail("tensor '" + name + "' is not an object");
        Entry entry{name, {element_type(json, name), shape(json, name), {}}};
        const auto offsets = json.find("data_offsets");
        if (offsets == json.end() || !offsets->is_array() || offsets->size() != 2)
            fail("tensor '" + name + "' has no pair of data_offsets");
        entry.begin = unsigned_integer((*offsets)[0], "an offset of tensor '" + name + "'");
        entry.end = unsigned_integer((*offsets)[1], "an offset of tensor '" + name + "'");
        if (entry.begin > entry.end || entry.end > data.size()) fail("tensor '" + name + "' lies outside the file");
        if (entry.end - entry.begin !=
            static_cast<std::uint64_t>(entry.tensor.element_count()) * size_of(entry.tensor.type))
            fail("tensor '" + name + "' has offsets that do not match its shape");
        return entry;
    }

    // The tensors tile the data, as the format demands; a small file therefore cannot ask for much memory.
    std::map<std::string, StoredTensor> tensors(std::vector<Entry> entries) const {
        std::sort(entries.begin(), entries.end(),
                  [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
        std::map<std::string, StoredTensor> tensors;
        std::uint64_t end = 0;
        for (auto& entry : entries) {
            if (entry.begin != end) fail("tensor '" + entry.name + "' overlaps another or leaves a gap");
            end = entry.end;
            entry.tensor.bytes = std::string(data.substr(entry.begin, entry.end - entry.begin));
            tensors.emplace(entry.name, std::move(entry.tensor));
        }
        if (end != data.size()) fail("bytes are left over after the last tensor");
        return tensors;
    }

    std::map<std::string, std::string> metadata(const Json& json) const {
        if (!json.is_object()) fail("__metadata__ is not an object");
        std::map<std::string, std::string> metadata;
        for (const auto& [key, value] : json.items()) {
            if (!value.is_string()) fail("__metadata__ entry '" + key + "' is not a string");
            metadata.emplace(key, value.get<std::string>());
        }
        return metadata;
    }

    // Cuts the header off `data`.
    Json header() {
        if (data.size() < 8) fail("it is shorter than 8 bytes");
        std::uint64_t size = 0;
        for (std::size_t i = 8; i-- > 0;) size = size << 8 | static_cast<unsigned char>(data[i]);
        if (size > header_limit || size > data.size() - 8) fail("the header is longer than the file");
        // A valid header is three levels deep; what is deeper is dropped, so that nesting costs no memory.
        const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 8; };
        Json header = Json::parse(data.substr(8, size), shallow, false);
        if (!header.is_object()) fail("the header is not a JSON object");
        data.remove_prefix(8 + size);
        return header;
    }
};

}  // namespace

std::size_t size_of(ElementType type) {
    return facts_of(type).size;
}
std::string_view name_of(ElementType type) {
    return facts_of(type).name;
}

std::int64_t StoredTensor::element_count() const {
    std::int64_t count = 1;
    for (const auto extent : shape) count *= extent;
    return count;
}

TensorFile parse_safetensors(std::string_view bytes, const std::string& place) {
    Reader reader{bytes, place};
    const Json header = reader.header();
    TensorFile file;
    std::vector<Entry> entries;
    for (const auto& [name, json] : header.items()) {
        if (name == "__metadata__")
            file.metadata = reader.metadata(json);
        else
            entries.push_back(reader.entry(json, name));
    }
    file.tensors = reader.tensors(std::move(entries));
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
