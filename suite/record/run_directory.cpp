#include "suite/record/run_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "suite/record/json_lines.h"
#include "suite/record/provenance.h"

namespace dsqbench {

namespace {

using Path = std::filesystem::path;

// With seed and recipe_id the name stays below the 255 bytes that file systems allow.
constexpr std::size_t longest_label = 120;

std::string as_file_name(std::string text) {
    for (char& c : text)
        if (!std::isalnum(static_cast<unsigned char>(c)) && std::strchr("._=,+-", c) == nullptr) c = '-';
    text.resize(std::min(text.size(), longest_label));
    return text.empty() || text == "." || text == ".." ? "unnamed" : text;
}

std::string recipe_folder(const std::string& recipe_name) {
    const Path file = Path(recipe_name).filename();
    return as_file_name(file.extension() == ".toml" ? file.stem().string() : file.string());
}

Error damaged(const Path& path) {
    return Error(ExitCode::data, "is damaged", "remove the run directory and run again", path.string());
}

nlohmann::json read_json(const Path& path) {
    auto value = nlohmann::json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded() || !value.is_object()) throw damaged(path);
    return value;
}

std::string pretty(const nlohmann::json& value) {
    return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void keep_recipe(const Path& path, const std::string& canonical) {
    if (!std::filesystem::exists(path)) return write_file_atomically(path, canonical);
    if (read_file(path) != canonical)
        throw Error(ExitCode::data, "the run directory holds another recipe", "choose another --runs-dir, or remove it",
                    path.string());
}

void keep_provenance(const Path& path, const RunRequest& request) {
    if (std::filesystem::exists(path)) {
        if (read_json(path).value("seed", nlohmann::json()) == request.seed) return;
        throw Error(ExitCode::data, "the run directory holds another seed", "choose another --runs-dir, or remove it",
                    path.string());
    }
    nlohmann::json origin = provenance();
    origin["recipe"] = request.recipe.name();
    origin["label"] = request.label;
    origin["seed"] = request.seed;
    origin["recipe_id"] = request.recipe.recipe_id();
    origin["protocol_id"] = request.recipe.protocol_id();
    write_file_atomically(path, pretty(origin));
}

}  // namespace

Path run_path(const Path& runs_folder, const RunRequest& request) {
    const auto name =
        fmt::format("{}-s{}-{}", as_file_name(request.label), request.seed, request.recipe.recipe_id().substr(0, 12));
    return runs_folder / recipe_folder(request.recipe.name()) / name;
}

RunDirectory::RunDirectory(const Path& path, const RunRequest& request)
    : path_(path), lock_(path / ".lock", "the run directory") {
    keep_recipe(path_ / "recipe.json", request.recipe.canonical());
    keep_provenance(path_ / "provenance.json", request);
}

void RunDirectory::append_metrics(const nlohmann::json& line) {
    append_line(metrics_path(), to_line(line));
}

std::uint64_t RunDirectory::metrics_size() const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(metrics_path(), missing);
    return missing ? 0 : size;
}

void RunDirectory::truncate_metrics(std::uint64_t size) {
    const auto present = metrics_size();
    if (present == size) return;
    if (present < size)
        throw Error(ExitCode::data, fmt::format("has {} bytes where the checkpoint knows of {}", present, size),
                    "remove the run directory and run again", metrics_path().string());
    std::error_code error;
    std::filesystem::resize_file(metrics_path(), size, error);
    if (error) throw Error(ExitCode::failed, "cannot shorten: " + error.message(), {}, metrics_path().string());
}

void RunDirectory::write_result(const nlohmann::json& result) {
    write_file_atomically(path_ / "result.json", pretty(result));
}

Error other_data(const Path& place) {
    return Error(ExitCode::data, "this run was trained on other data",
                 "choose another --runs-dir, or name its data with --data-root", place.string());
}

bool is_run_directory(const Path& path) {
    return std::filesystem::exists(path / "recipe.json");
}

std::optional<nlohmann::json> read_result(const Path& run) {
    const Path path = run / "result.json";
    if (!std::filesystem::exists(path)) return std::nullopt;
    auto result = read_json(path);
    if (!result["row"].is_object()) throw damaged(path);
    return result;
}

std::vector<nlohmann::json> read_metrics(const Path& run) {
    const Path path = run / "metrics.jsonl";
    if (!std::filesystem::exists(path)) return {};
    const JsonLines lines = read_json_lines(path);
    refuse_damage(lines, path);
    std::vector<nlohmann::json> values;
    for (const auto& line : lines.whole) values.push_back(line.value);
    return values;
}

}  // namespace dsqbench
