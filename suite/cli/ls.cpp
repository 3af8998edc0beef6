// `dsqbench ls`: what this build and the recipes folder offer.
#include <fmt/format.h>

#include <algorithm>

#include "kernels/api/variant.h"
#include "suite/cli/folders.h"
#include "suite/cli/plugins.h"
#include "suite/cli/verbs.h"
#include "suite/core/text.h"
#include "suite/recipe/era.h"
#include "suite/recipe/recipe_files.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

struct Line {
    std::string name, summary, place;
};

// A recipe that does not load is listed with its error: `validate` is there to fail.
Line recipe_line(const std::filesystem::path& path, const std::filesystem::path& folder) {
    const std::string name = recipe_name(path, folder);
    try {
        return {name, load_recipe(path.string(), folder).text("description"), shown_path(path)};
    } catch (const Error& error) {
        return {name, std::string("error: ") + error.what(), shown_path(path)};
    }
}

Line era_line(const std::filesystem::path& path) {
    try {
        const Era era = read_era(path);
        const std::string unknown = era.unknown.empty() ? "" : " (unknown: " + join(era.unknown, ", ") + ")";
        return {era.name, (era.guess.empty() ? "" : "a guess: ") + era.description + unknown, shown_path(path)};
    } catch (const Error& error) {
        return {path.stem().string(), std::string("error: ") + error.what(), shown_path(path)};
    }
}

// Kernels that need what this processor lacks are compiled, and tested where it is there; nobody ran them here.
Line kernel_line(const KernelVariant& variant) {
    const bool runs = available_instruction_sets().contain(variant.needs);
    return {variant.name, fmt::format("needs {}{}", name(variant.needs), runs ? "" : ": unexecuted here"), {}};
}

std::vector<Line> lines_of(const std::string& kind, const Session& session) {
    std::vector<Line> lines;
    const auto folder = recipes_folder_of(session);
    if (kind == "recipes") {
        for (const auto& path : recipe_files(folder)) lines.push_back(recipe_line(path, folder));
        return lines;
    }
    if (kind == "ablations") {
        for (const auto& path : ablation_files(folder)) lines.push_back(recipe_line(path, folder));
        return lines;
    }
    if (kind == "eras") {
        for (const auto& path : era_files(folder)) lines.push_back(era_line(path));
        return lines;
    }
    if (kind == "kernels") {
        for (const KernelVariant& variant : kernel_variants()) lines.push_back(kernel_line(variant));
        return lines;
    }
    for (const Plugin& plugin : list_plugins(kind)) lines.push_back({plugin.name, plugin.summary, plugin.place});
    return lines;
}

std::string as_text(const std::vector<Line>& lines) {
    std::size_t width = 0;
    for (const Line& line : lines) width = std::max(width, line.name.size());
    std::string text;
    for (const Line& line : lines)
        text += line.summary.empty() ? line.name + "\n" : fmt::format("{:<{}}  {}\n", line.name, width, line.summary);
    return text;
}

Json as_json(const std::vector<Line>& lines) {
    Json list = Json::array();
    for (const Line& line : lines)
        list.push_back({{"name", line.name}, {"summary", line.summary}, {"place", line.place}});
    return list;
}

void list(const std::string& kind, const Session& session) {
    const auto lines = lines_of(kind, session);
    if (session.json)
        print_json(as_json(lines));
    else
        print_result(as_text(lines));
}

void declare(CLI::App& command, Session& session) {
    const auto kind = std::make_shared<std::string>();
    command.add_option("kind", *kind, "what to list")
        ->required()
        ->check(
            CLI::IsMember({"recipes", "ablations", "eras", "quantizers", "models", "datasets", "tricks", "kernels"}));
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    command.callback([kind, &session] { list(*kind, session); });
}

}  // namespace

const Verb ls_verb{"ls", "list recipes, ablations, eras, quantizers, models, data sets, tricks or kernels", declare};

}  // namespace dsqbench
