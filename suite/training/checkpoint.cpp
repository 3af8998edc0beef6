#include "suite/training/checkpoint.h"

#include <cstring>

#include "quantizers/tensor_file.h"
#include "suite/core/error.h"
#include "suite/core/safetensors.h"

namespace dsqbench {

namespace {
// Group and tensor name are joined by a character that neither contains.
constexpr char separator = '/';
constexpr const char* counters_key = "counters";
}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
    TensorFile file;
    file.metadata[counters_key] = checkpoint.counters.dump();
    for (const auto& [group, tensors] : checkpoint.groups)
        for (const auto& [name, tensor] : tensors) file.tensors.emplace(group + separator + name, to_stored(tensor));
    write_safetensors(path, file);
}

std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return std::nullopt;
    const TensorFile file = read_safetensors(path);
    Checkpoint checkpoint;
    const auto counters = file.metadata.find(counters_key);
    if (counters != file.metadata.end()) checkpoint.counters = nlohmann::json::parse(counters->second, nullptr, false);
    if (!checkpoint.counters.is_object())
        throw Error(ExitCode::data, "is not a checkpoint of a run", "remove the file to start the run anew",
                    path.string());
    for (const auto& [name, stored] : file.tensors) {
        const auto end = name.find(separator);
        if (end == std::string::npos)
            throw Error(ExitCode::data, "holds the unknown tensor '" + name + "'", {}, path.string());
        checkpoint.groups[name.substr(0, end)].emplace(name.substr(end + 1), to_tensor(stored));
    }
    return checkpoint;
}

namespace {

// Tensors by group and name, as a list that says what to expect.
nlohmann::json outline_of(const Checkpoint& checkpoint) {
    nlohmann::json tensors = nlohmann::json::array();
    for (const auto& [group, members] : checkpoint.groups)
        for (const auto& [name, tensor] : members)
            tensors.push_back({group, name, static_cast<int>(tensor.scalar_type()), tensor.sizes().vec()});
    return {{counters_key, checkpoint.counters}, {"tensors", tensors}};
}

Checkpoint empty_checkpoint(const nlohmann::json& outline) {
    Checkpoint checkpoint;
    checkpoint.counters = outline.at(counters_key);
    for (const auto& item : outline.at("tensors"))
        checkpoint.groups[item.at(0)].emplace(
            item.at(1),
            at::empty(item.at(3).get<std::vector<std::int64_t>>(), static_cast<at::ScalarType>(item.at(2).get<int>())));
    return checkpoint;
}

// Rank 0's text to all.
std::string shared_text(const std::string& text, const ProcessGroup& group) {
    const at::Tensor size = at::full({1}, static_cast<std::int64_t>(text.size()), at::kLong);
    group.broadcast(size);
    at::Tensor bytes = at::zeros({size.item<std::int64_t>()}, at::kByte);
    if (group.rank() == 0) std::memcpy(bytes.data_ptr<std::uint8_t>(), text.data(), text.size());
    group.broadcast(bytes);
    return {reinterpret_cast<const char*>(bytes.data_ptr<std::uint8_t>()), static_cast<std::size_t>(bytes.numel())};
}

}  // namespace

void share_checkpoint(std::optional<Checkpoint>& checkpoint, const ProcessGroup& group) {
    const auto text = shared_text(checkpoint ? outline_of(*checkpoint).dump() : "null", group);
    const auto outline = nlohmann::json::parse(text);
    if (outline.is_null()) {
        checkpoint.reset();
        return;
    }
    if (group.rank() != 0) checkpoint = empty_checkpoint(outline);
    for (const auto& [name, tensors] : checkpoint->groups)
        for (const auto& item : tensors) group.broadcast(item.second);
}

}  // namespace dsqbench
