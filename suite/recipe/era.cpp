#include "suite/recipe/era.h"

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"
#include "suite/recipe/matrix.h"
#include "suite/recipe/overrides.h"
#include "suite/recipe/recipe_files.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_era = std::size_t{1} << 20;
const std::string set_prefix = "recipe.", bits_prefix = "recipe_at_bits.";

[[noreturn]] void refuse(const TomlValue& value, const std::string& message, const std::string& hint = {}) {
    throw Error(ExitCode::recipe, message, hint, value.place);
}

std::string text_in(const TomlValue& value) {
    if (!value.value.is_string()) refuse(value, value.name + " must be a text");
    return value.value.get<std::string>();
}

std::vector<std::string> texts_in(const TomlValue& value) {
    std::vector<std::string> texts;
    if (!value.value.is_array()) refuse(value, value.name + " must be a list of texts");
    for (const Json& item : value.value) {
        if (!item.is_string()) refuse(value, value.name + " must be a list of texts");
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

Initialisation initialisation_in(const TomlValue& value) {
    const std::string text = text_in(value);
    if (text == "scratch") return Initialisation::scratch;
    if (text == "pretrained") return Initialisation::pretrained;
    refuse(value, "initialisation must be 'scratch' or 'pretrained'", "name it in `unknown` when it is");
}

// An era is about training: the network, the data and the contenders are the recipe's.
TomlValue setting_of(const TomlValue& value, const std::string& key) {
    if (key == "training.epochs") refuse(value, "an era has published_epochs, and no training.epochs");
    const bool of_training = key.starts_with("training.") || key.starts_with("augment.") ||
                             key.starts_with("tricks.") || key == "quantization.first_layer" ||
                             key == "quantization.last_layer";
    resolve_key(key, value.place);
    if (!of_training) refuse(value, "an era cannot set '" + key + "'", "only how to train");
    if (key.starts_with("tricks.pretrain")) refuse(value, "an era says initialisation = \"pretrained\"");
    return {key, value.value, value.place};
}

void take_setting_at_bits(Era& era, const TomlValue& value) {
    const std::string rest = value.name.substr(bits_prefix.size());
    const auto dot = rest.find('.');
    const std::string bits = rest.substr(0, dot);
    if (dot == std::string::npos || bits.size() != 1 || bits[0] < '1' || bits[0] > '8')
        refuse(value, "write [recipe_at_bits.2.training]");
    era.settings_at_bits[bits[0] - '0'].push_back(setting_of(value, rest.substr(dot + 1)));
}

void take(Era& era, const TomlValue& value) {
    if (value.name.starts_with(set_prefix)) {
        era.settings.push_back(setting_of(value, value.name.substr(set_prefix.size())));
    } else if (value.name.starts_with(bits_prefix)) {
        take_setting_at_bits(era, value);
    } else if (value.name == "description") {
        era.description = text_in(value);
    } else if (value.name == "source") {
        era.source = text_in(value);
    } else if (value.name == "guess") {
        era.guess = text_in(value);
    } else if (value.name == "unknown") {
        era.unknown = texts_in(value);
    } else if (value.name == "unavailable") {
        era.unavailable = texts_in(value);
    } else if (value.name == "initialisation") {
        era.initialisation = initialisation_in(value);
    } else if (value.name == "published_epochs") {
        if (!value.value.is_number_integer() || value.value.get<std::int64_t>() < 1)
            refuse(value, "published_epochs must be an integer above 0");
        era.published_epochs = value.value.get<std::int64_t>();
    } else {
        const std::vector<std::string> known{"description", "source",         "guess",           "unknown",
                                             "unavailable", "initialisation", "published_epochs"};
        refuse(value, "unknown key '" + value.name + "' of an era", suggestion(value.name, known));
    }
}

bool sets(const Era& era, const std::string& key) {
    return std::any_of(era.settings.begin(), era.settings.end(), [&](const auto& value) { return value.name == key; });
}

// Each of the things that make a recipe is published or said to be unknown, and never both.
void require_complete(const Era& era, const std::string& place) {
    const std::pair<std::string, bool> things[] = {
        {"epochs", era.published_epochs > 0},
        {"initialisation", era.initialisation != Initialisation::unknown},
        {"training.optimizer", sets(era, "training.optimizer")},
        {"training.learning_rate", sets(era, "training.learning_rate")},
        {"training.schedule", sets(era, "training.schedule")},
        {"training.weight_decay", sets(era, "training.weight_decay")},
        {"training.batch_size", sets(era, "training.batch_size")},
    };
    for (const auto& [thing, known] : things) {
        const bool said_unknown = std::count(era.unknown.begin(), era.unknown.end(), thing) > 0;
        if (known == said_unknown)
            throw Error(ExitCode::recipe,
                        "'" + thing + "' is " + (known ? "set and unknown" : "neither set nor unknown"),
                        "an era names in `unknown` what its paper does not say", place);
    }
    if (era.description.empty() || era.source.empty())
        throw Error(ExitCode::recipe, "an era has a description and a source", {}, place);
    if (era.published_epochs == 0 && (sets(era, "training.milestones") || sets(era, "training.warmup_epochs")))
        throw Error(ExitCode::recipe, "milestones and warm-up need published_epochs to be scaled by", {}, place);
}

// The keys of [training] that decide an FP32 training.
std::vector<std::string> fp32_training_options() {
    const std::string section = "training.";
    std::vector<std::string> options;
    for (const Key& key : schema())
        if (key.name.starts_with(section) && key.name != "training.weight_decay_quantizer" &&
            key.name != "training.quantizer_learning_rate_scale")
            options.push_back(key.name.substr(section.size()));
    return options;
}

// Writes out everything that the pre-training has from [training], so that the era does not reach it.
void keep_pretraining(Recipe& recipe, const std::string& origin) {
    if (!pretraining_of(recipe)) recipe.set("tricks.pretrain", true, origin);
    const Recipe pretraining = *pretraining_of(recipe);
    for (const auto& option : fp32_training_options())
        recipe.set("tricks.pretrain." + option, pretraining.value("training." + option), origin);
}

Json scaled_milestones(const Json& published, double scale, std::int64_t epochs) {
    Json scaled = Json::array();
    for (const Json& milestone : published) {
        const auto epoch = std::clamp<std::int64_t>(std::llround(milestone.get<double>() * scale), 1, epochs - 1);
        if (epoch >= 1 && (scaled.empty() || scaled.back() != epoch)) scaled.push_back(epoch);
    }
    return scaled;
}

Json scaled(const TomlValue& setting, const Era& era, std::int64_t epochs) {
    const double scale =
        static_cast<double>(epochs) / static_cast<double>(std::max<std::int64_t>(1, era.published_epochs));
    if (setting.name == "training.warmup_epochs" && setting.value.is_number())
        return setting.value.get<double>() * scale;
    const bool numbers = setting.value.is_array() && std::all_of(setting.value.begin(), setting.value.end(),
                                                                 [](const Json& item) { return item.is_number(); });
    if (setting.name != "training.milestones" || !numbers) return setting.value;
    return epochs < 2 ? Json(Json::array()) : scaled_milestones(setting.value, scale, epochs);
}

// The recipe's own milestones and warm-up move with its epochs: its pre-training may need them.
void set_budget(Recipe& recipe, const std::string& override_text) {
    const auto before = static_cast<double>(recipe.integer("training.epochs"));
    apply_override(recipe, override_text);
    const std::int64_t epochs = recipe.integer("training.epochs");
    const double scale = static_cast<double>(epochs) / before;
    const std::string origin = "scaled to the epochs of --set";
    const Json milestones =
        epochs < 2 ? Json(Json::array()) : scaled_milestones(recipe.value("training.milestones"), scale, epochs);
    recipe.set("training.milestones", milestones, origin);
    recipe.set("training.warmup_epochs", recipe.real("training.warmup_epochs") * scale, origin);
}

}  // namespace

Era read_era(const std::filesystem::path& path) {
    const std::string place = shown_path(path);
    std::string text;
    try {
        text = read_file(path, largest_era);
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(), place);
    }
    Era era;
    era.name = path.stem().string();
    for (const TomlValue& value : read_toml(text, place)) take(era, value);
    require_complete(era, place);
    Recipe trial;  // values are checked as a recipe checks them
    trial.set("training.epochs", std::max<std::int64_t>(1, era.published_epochs), place);
    apply_era(trial, era);
    return era;
}

Era load_era(const std::string& name, const std::filesystem::path& recipes_folder) {
    std::vector<std::string> names;
    for (const auto& path : era_files(recipes_folder)) {
        if (path.stem() == name) return read_era(path);
        names.push_back(path.stem().string());
    }
    throw Error(ExitCode::recipe, "unknown era '" + name + "'", suggestion(name, names));
}

void apply_era(Recipe& recipe, const Era& era) {
    const std::string origin = "era " + era.name;
    const std::int64_t epochs = recipe.integer("training.epochs"), bits = recipe.integer("quantization.weight_bits");
    if (era.initialisation == Initialisation::scratch) recipe.set("tricks.pretrain", false, origin);
    if (era.initialisation == Initialisation::pretrained || recipe.value("tricks").contains("pretrain"))
        keep_pretraining(recipe, origin);
    for (const TomlValue& setting : era.settings) recipe.set(setting.name, scaled(setting, era, epochs), setting.place);
    if (const auto at_bits = era.settings_at_bits.find(bits); at_bits != era.settings_at_bits.end())
        for (const TomlValue& setting : at_bits->second)
            recipe.set(setting.name, scaled(setting, era, epochs), setting.place);
    recipe.set_name(recipe.name() + "@" + era.name);
    recipe.check_consistency();
}

Recipe load_recipe_of_era(const std::string& name_or_path, const std::filesystem::path& recipes_folder,
                          const std::string& era, const std::vector<std::string>& overrides) {
    if (era.empty()) return load_recipe(name_or_path, recipes_folder, overrides);
    Recipe recipe = load_recipe(name_or_path, recipes_folder);
    // The budget is the recipe's number of epochs, or the one that the command line asks for.
    for (const std::string& text : overrides)
        if (text.starts_with("training.epochs")) set_budget(recipe, text);
    apply_era(recipe, load_era(era, recipes_folder));
    for (const std::string& text : overrides) apply_override(recipe, text);
    recipe.check_consistency();
    return recipe;
}

}  // namespace dsqbench
