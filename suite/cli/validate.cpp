// `dsqbench validate`: checks recipes, lists of layer shapes, claims and published numbers without data. Which of them
// a file is, the name of its folder says: "kernels", "claims", "published", or another.
#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/folders.h"
#include "suite/cli/plugins.h"
#include "suite/cli/verbs.h"
#include "suite/recipe/design.h"
#include "suite/recipe/era.h"
#include "suite/recipe/recipe_files.h"
#include "suite/recipe/shape_list.h"
#include "suite/report/claim.h"
#include "suite/report/published.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct Verdict {
    std::string path;
    std::string recipe_id;  // of a recipe
    std::string what;       // the other files are
    std::string error;      // "" when there is none
};

bool lies_in(const fs::path& file, const std::string& folder) {
    return fs::absolute(file).parent_path().filename() == folder;
}

// Recipes, and what else the folder is or holds.
std::vector<fs::path> files_in(const fs::path& folder) {
    if (lies_in(folder / "x", "claims") || lies_in(folder / "x", "published")) return toml_files_of(folder);
    std::vector<fs::path> files = recipe_files(folder);
    for (const auto& more : {ablation_files(folder), era_files(folder), shape_list_files(folder),
                             toml_files_of(folder / "claims"), toml_files_of(folder / "published")})
        files.insert(files.end(), more.begin(), more.end());
    return files;
}

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        for (const fs::path& file : files_in(path)) files.push_back(file.string());
    }
    if (files.empty()) throw Error(ExitCode::recipe, "no recipes there", {}, paths.front());
    return files;
}

bool is_era(const std::string& file) {
    return fs::path(file).parent_path().filename() == "eras";
}

// A design is checked cell by cell.
void check(const Recipe& recipe, const fs::path& folder) {
    check_recipe_plugins(recipe);
    if (!has_design(recipe)) return;
    for (DesignCell& cell : cells_of(recipe, design_of(recipe), folder)) {
        const std::string contender =
            cell.recipe.text("quantization.weight") + "/" + cell.recipe.text("quantization.activation");
        cell.recipe.set("contenders", Json::array({contender}), "design");
        check_recipe_plugins(cell.recipe);
    }
}

Verdict judge(const std::string& file, const Session& session) {
    try {
        const auto folder = recipes_folder_of(session);
        if (is_era(file)) return read_era(file), Verdict{shown_path(file), {}, "era", {}};
        if (is_shape_list(file))
            return load_shape_list(file, folder), Verdict{shown_path(file), {}, "layer shapes", {}};
        if (lies_in(file, "claims")) return {shown_path(file), {}, "claim: " + read_claim(file).sentence, {}};
        if (lies_in(file, "published"))
            return {shown_path(file), {}, fmt::format("{} published numbers", read_published(file).size()), {}};
        const Recipe recipe = load_recipe(file, folder);
        check(recipe, folder);
        return {shown_path(file), recipe.recipe_id(), {}, {}};
    } catch (const Error& error) {
        return {shown_path(file), {}, {}, error.what()};
    }
}

std::string as_text(const std::vector<Verdict>& verdicts) {
    std::size_t width = 0;
    for (const Verdict& verdict : verdicts) width = std::max(width, verdict.path.size());
    std::string text;
    for (const Verdict& verdict : verdicts)
        text += verdict.error.empty() ? fmt::format("ok     {:<{}}  {}\n", verdict.path, width,
                                                    verdict.recipe_id.substr(0, 12) + verdict.what)
                                      : fmt::format("error  {:<{}}  {}\n", verdict.path, width, verdict.error);
    return text;
}

Json as_json(const std::vector<Verdict>& verdicts) {
    Json list = Json::array();
    for (const Verdict& verdict : verdicts) {
        Json entry{{"path", verdict.path}, {"ok", verdict.error.empty()}};
        if (!verdict.recipe_id.empty()) entry["recipe_id"] = verdict.recipe_id;
        if (!verdict.what.empty()) entry["what"] = verdict.what;
        if (!verdict.error.empty()) entry["error"] = verdict.error;
        list.push_back(entry);
    }
    return list;
}

void validate(const std::vector<std::string>& paths, Session& session) {
    std::vector<Verdict> verdicts;
    for (const std::string& file : files_of(paths)) verdicts.push_back(judge(file, session));
    if (session.json)
        print_json(as_json(verdicts));
    else
        print_result(as_text(verdicts));
    const bool all_good =
        std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.error.empty(); });
    if (!all_good) session.exit_code = ExitCode::recipe;
}

void declare(CLI::App& command, Session& session) {
    const auto paths = std::make_shared<std::vector<std::string>>();
    command
        .add_option("paths", *paths,
                    "files or folders of recipes, eras, claims or published numbers, or names of recipes")
        ->required();
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    command.callback([paths, &session] { validate(*paths, session); });
}

}  // namespace

const Verb validate_verb{"validate", "check recipes, claims and published numbers without data", declare};

}  // namespace dsqbench
