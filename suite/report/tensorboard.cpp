#include "suite/report/tensorboard.h"

#include <boost/crc.hpp>
#include <cstring>

namespace dsqbench {

namespace {

using Json = nlohmann::json;

template <class Value>
std::string little_endian(Value value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

// CRC-32C, masked as TFRecord wants it, so that the checksum of data that holds checksums is not weak.
std::uint32_t masked_checksum(const std::string& bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    const auto sum = static_cast<std::uint32_t>(crc.checksum());
    return (sum >> 15 | sum << 17) + 0xA282EAD8U;
}

std::string record(const std::string& data) {
    const std::string length = little_endian(static_cast<std::uint64_t>(data.size()));
    return length + little_endian(masked_checksum(length)) + data + little_endian(masked_checksum(data));
}

// Protocol Buffers: a tag of field number and kind, then a value.
enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    return bytes + static_cast<char>(value);
}
std::string tag(unsigned field, Wire wire) {
    return varint(field << 3 | static_cast<unsigned>(wire));
}
std::string message(unsigned field, const std::string& bytes) {
    return tag(field, Wire::bytes) + varint(bytes.size()) + bytes;
}

// Summary.Value: tag = 1, simple_value = 2.
std::string scalar(const std::string& name, double value) {
    return message(1, message(1, name) + tag(2, Wire::fixed32) + little_endian(static_cast<float>(value)));
}

std::string joined(const std::string& path, const std::string& name) {
    return path.empty() || name.empty() ? path + name : path + "/" + name;
}

// Layers have their own names, and need no "layers/0" in front of them.
std::string name_of(const std::string& key, const Json& item) {
    if (key == "layers") return "";
    return item.is_object() && item.contains("layer") ? item["layer"].get<std::string>() : key;
}

std::string scalars(const Json& value, const std::string& path) {
    if (value.is_number()) return scalar(path, value.get<double>());
    if (!value.is_structured()) return "";
    std::string found;
    for (const auto& [key, item] : value.items())
        if (key != "epoch") found += scalars(item, joined(path, name_of(key, item)));
    return found;
}

// Event: wall_time = 1, step = 2, file_version = 3, summary = 5. Metrics have no time of day, so that a repeated run
// has the same; TensorBoard draws by the step then.
std::string event(std::uint64_t step, const std::string& content) {
    return tag(1, Wire::fixed64) + little_endian(0.0) + tag(2, Wire::varint) + varint(step) + content;
}

}  // namespace

std::string format_tensorboard(const std::vector<Json>& epochs) {
    std::string file = record(event(0, message(3, "brain.Event:2")));
    for (const Json& epoch : epochs)
        file += record(event(epoch.at("epoch").get<std::uint64_t>(), message(5, scalars(epoch, ""))));
    return file;
}

}  // namespace dsqbench
