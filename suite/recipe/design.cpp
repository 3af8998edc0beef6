#include "suite/recipe/design.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/era.h"
#include "suite/recipe/overrides.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

const std::string era_setting = "era=";
const std::string nothing_new = "none";

struct Reader {
    const Recipe& recipe;

    [[noreturn]] void refuse(const std::string& key, const std::string& message, const std::string& hint = {}) const {
        throw Error(ExitCode::recipe, message, hint, recipe.origin(key));
    }

    std::vector<std::string> settings(const std::string& key, const Json& value) const {
        if (!value.is_array()) refuse(key, key + " must be a list of settings", "write [\"training.epochs=3\"]");
        std::vector<std::string> settings;
        for (const Json& item : value) {
            if (!item.is_string()) refuse(key, key + " must be a list of texts");
            settings.push_back(item.get<std::string>());
        }
        return settings;
    }

    FactorGroup group(const std::string& key, const Json& value) const {
        if (value == "algorithm") return FactorGroup::algorithm;
        if (value == "recipe") return FactorGroup::recipe;
        refuse(key, key + " must be 'algorithm' or 'recipe'");
    }

    Factor factor(const std::string& name, const Json& table) const {
        const std::string key = "design.factors." + name;
        Factor factor;
        factor.name = name;
        if (name == nothing_new || name.find_first_of("+ ") != std::string::npos)
            refuse(key, "a factor cannot be called '" + name + "'");
        if (!table.contains("group")) refuse(key, key + " has no group", "\"algorithm\" or \"recipe\"");
        for (const auto& [option, value] : table.items()) {
            const std::string option_key = key + "." + option;
            if (option == "group")
                factor.group = group(option_key, value);
            else if (option == "old")
                factor.old_level = settings(option_key, value);
            else if (option == "new")
                factor.new_level = settings(option_key, value);
            else if (option == "meaning" && value.is_string())
                factor.meaning = value.get<std::string>();
            else
                refuse(option_key, "unknown option '" + option + "' of a factor",
                       suggestion(option, {"group", "meaning", "old", "new"}));
        }
        return factor;
    }

    std::vector<Factor> factors() const {
        std::vector<Factor> factors;
        for (const auto& [name, table] : recipe.value("design.factors").items()) factors.push_back(factor(name, table));
        if (factors.size() > most_factors)
            refuse("design.factors", fmt::format("a design of more than {} factors", most_factors));
        std::stable_sort(factors.begin(), factors.end(),
                         [](const Factor& a, const Factor& b) { return a.group < b.group; });
        return factors;
    }
};

// "soft_gradient+learned_clipping" -> their bits.
Cell cell_named(const Reader& reader, const Design& design, const std::string& name) {
    if (name == nothing_new) return 0;
    Cell cell = 0;
    std::vector<std::string> known;
    for (const Factor& factor : design.factors) known.push_back(factor.name);
    for (const std::string& part : split(name, '+')) {
        const auto found = std::find(known.begin(), known.end(), part);
        if (found == known.end())
            reader.refuse("design.quantizers", "design.quantizers names '" + part + "', which is no factor",
                          suggestion(part, known));
        cell |= Cell{1} << (found - known.begin());
    }
    return cell;
}

void read_contenders(const Reader& reader, Design& design) {
    for (const auto& [name, value] : reader.recipe.value("design.quantizers").items()) {
        if (!value.is_string())
            reader.refuse("design.quantizers", "design.quantizers." + name + " must be a contender");
        const Cell cell = cell_named(reader, design, name);
        if (!design.contenders.emplace(cell, parse_contender(value.get<std::string>())).second)
            reader.refuse("design.quantizers", "design.quantizers has two contenders for '" + name + "'");
        design.contender_factors |= cell;
    }
    if (design.contenders.empty())
        reader.refuse("design.factors", "the design has no [design.quantizers]", "write none = \"ste\"");
    for (Cell cell = 0; cell < Cell{1} << design.factors.size(); ++cell)
        if ((cell & ~design.contender_factors) == 0 && design.contenders.count(cell) == 0)
            reader.refuse("design.quantizers", "design.quantizers has no contender for '" + design.label(cell) + "'");
}

// What is at both levels the same is no factor.
void require_effect(const Reader& reader, const Design& design) {
    for (std::size_t i = 0; i < design.factors.size(); ++i) {
        const Factor& factor = design.factors[i];
        const bool chooses = design.contender_factors >> i & 1u;
        if (chooses && factor.group != FactorGroup::algorithm)
            reader.refuse("design.factors." + factor.name, "a factor that chooses the contender is the algorithm's");
        if (!chooses && factor.old_level == factor.new_level)
            reader.refuse("design.factors." + factor.name, "the levels of '" + factor.name + "' are the same");
    }
}

bool is_era(const std::string& setting) {
    return setting.compare(0, era_setting.size(), era_setting) == 0;
}

Recipe recipe_of(const Recipe& base, const Design& design, Cell cell, const std::filesystem::path& recipes_folder) {
    Recipe recipe = base;
    const auto level_of = [&](std::size_t i) -> const std::vector<std::string>& {
        const Factor& factor = design.factors[i];
        return cell >> i & 1u ? factor.new_level : factor.old_level;
    };
    for (std::size_t i = 0; i < design.factors.size(); ++i)
        for (const std::string& setting : level_of(i))
            if (is_era(setting)) apply_era(recipe, load_era(setting.substr(era_setting.size()), recipes_folder));
    for (std::size_t i = 0; i < design.factors.size(); ++i)
        for (const std::string& setting : level_of(i))
            if (!is_era(setting)) apply_override(recipe, setting, "factor " + design.factors[i].name);
    const Contender& contender = design.contenders.at(cell & design.contender_factors);
    recipe.set("quantization.weight", contender.weight, "design.quantizers");
    recipe.set("quantization.activation", contender.activation, "design.quantizers");
    recipe.set_name(base.name());
    recipe.check_consistency();
    return recipe;
}

}  // namespace

std::string name_of(FactorGroup group) {
    return group == FactorGroup::algorithm ? "algorithm" : "recipe";
}

Cell Design::members(FactorGroup group) const {
    Cell cell = 0;
    for (std::size_t i = 0; i < factors.size(); ++i)
        if (factors[i].group == group) cell |= Cell{1} << i;
    return cell;
}

std::string Design::label(Cell cell) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < factors.size(); ++i)
        if (cell >> i & 1u) names.push_back(factors[i].name);
    return names.empty() ? nothing_new : join(names, "+");
}

bool has_design(const Recipe& recipe) {
    return !recipe.value("design.factors").empty();
}

Design design_of(const Recipe& recipe) {
    const Reader reader{recipe};
    if (!has_design(recipe))
        throw Error(ExitCode::recipe, "the recipe declares no design", "name one of `dsqbench ls ablations`",
                    recipe.name());
    Design design;
    design.factors = reader.factors();
    design.margin = recipe.real("design.margin");
    for (const auto group : {FactorGroup::algorithm, FactorGroup::recipe})
        if (design.members(group) == 0)
            reader.refuse("design.factors", "the design has no factor of the group '" + name_of(group) + "'");
    read_contenders(reader, design);
    require_effect(reader, design);
    const bool half = recipe.text("design.fraction") == "half";
    if (half && design.factors.size() < fewest_factors_to_halve)
        reader.refuse(
            "design.fraction",
            fmt::format("a half of {} factors cannot tell main effects from interactions", design.factors.size()),
            "five factors and more have a half of resolution V");
    design.cells = half ? half_factorial(design.factors.size()) : full_factorial(design.factors.size());
    return design;
}

std::vector<DesignCell> cells_of(const Recipe& recipe, const Design& design,
                                 const std::filesystem::path& recipes_folder) {
    std::vector<DesignCell> cells;
    std::map<std::string, std::string> label_of_id;
    for (const Cell cell : design.cells) {
        cells.push_back({cell, design.label(cell), recipe_of(recipe, design, cell, recipes_folder)});
        const auto [same, fresh] = label_of_id.emplace(cells.back().recipe.recipe_id(), cells.back().label);
        if (!fresh)
            throw Error(
                ExitCode::recipe,
                "the cells '" + same->second + "' and '" + cells.back().label + "' are one and the same training",
                "a factor changes nothing there", recipe.name());
    }
    return cells;
}

}  // namespace dsqbench
