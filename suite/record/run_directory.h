// One folder a run. Its files: recipe.json (canonical form), provenance.json, checkpoint.safetensors, metrics.jsonl,
// result.json when finished.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

// <runs_folder>/<recipe name>/<label>-s<seed>-<first 12 digits of recipe_id>; in name and label everything but letters,
// digits and "._=,+-" becomes '-', and of a recipe that was given as a path the file's name counts.
std::filesystem::path run_path(const std::filesystem::path& runs_folder, const RunRequest& request);

class RunDirectory {
public:
    // Creates the folder or takes up the one that is there; locks it. Writes recipe.json, and provenance.json on first
    // use: provenance() and the run's recipe name, label, seed, recipe_id and protocol_id. Throws Error(failed) when
    // another process has it, Error(data) when it holds another recipe or seed.
    RunDirectory(const std::filesystem::path& path, const RunRequest& request);

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path checkpoint_path() const { return path_ / "checkpoint.safetensors"; }

    // metrics.jsonl: a line an event. metrics_size() goes into the checkpoint; truncate_metrics() takes back what a
    // killed run wrote after its last checkpoint, and throws Error(data) when the file is shorter than that.
    // append_metrics() refuses NaN and infinity by writing null.
    void append_metrics(const nlohmann::json& line);
    std::uint64_t metrics_size() const;
    void truncate_metrics(std::uint64_t size);

    // `result`: {"row": the run's row, ...}.
    void write_result(const nlohmann::json& result);

private:
    std::filesystem::path metrics_path() const { return path_ / "metrics.jsonl"; }

    std::filesystem::path path_;
    FileLock lock_;
};

// Is there a run, finished or not?
bool is_run_directory(const std::filesystem::path& path);

// For a run that was trained, or begun, on other data than are there now.
Error other_data(const std::filesystem::path& place);

// result.json of a finished run, or nullopt. Throws Error(data) when it is there but damaged.
std::optional<nlohmann::json> read_result(const std::filesystem::path& run);

// The lines of metrics.jsonl, none when there is no such file; a torn last line is left out. Throws Error(data) at
// file:line for a damaged one.
std::vector<nlohmann::json> read_metrics(const std::filesystem::path& run);

}  // namespace dsqbench
