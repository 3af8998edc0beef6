// Where a data set lies on this machine.
#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/data/dataset.h"

namespace dsqbench {

namespace {

bool holds_set(const std::filesystem::path& folder, const DatasetEntry& entry) {
    std::error_code error;
    return std::any_of(entry.files.begin(), entry.files.end(),
                       [&](const std::string& file) { return std::filesystem::exists(folder / file, error); });
}

std::vector<std::filesystem::path> candidates(const DatasetEntry& entry, const std::filesystem::path& data_root) {
    std::vector<std::filesystem::path> folders;
    if (!data_root.empty()) folders = {data_root / entry.folder_name, data_root};
    folders.insert(folders.end(), entry.system_folders.begin(), entry.system_folders.end());
    return folders;
}

Error missing(const std::string& name, const DatasetEntry& entry, const std::vector<std::filesystem::path>& folders) {
    std::vector<std::string> places;
    for (const auto& folder : folders) places.push_back(folder.string());
    const std::string looked = places.empty() ? "no --data-root was given" : "looked in " + join(places, ", ");
    return Error(ExitCode::data, "data set '" + name + "' not found: " + looked,
                 "get it with `" + entry.how_to_get + "`, or name its folder with --data-root");
}

}  // namespace

std::filesystem::path find_dataset(const std::string& name, const std::filesystem::path& data_root) {
    const DatasetEntry& entry = Registry<DatasetEntry>::instance().find(name);
    if (entry.files.empty()) return {};
    const auto folders = candidates(entry, data_root);
    const auto found =
        std::find_if(folders.begin(), folders.end(), [&](const auto& folder) { return holds_set(folder, entry); });
    if (found == folders.end()) throw missing(name, entry, folders);
    return *found;
}

}  // namespace dsqbench
