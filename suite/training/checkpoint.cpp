#include "suite/training/checkpoint.h"

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

}  // namespace dsqbench
