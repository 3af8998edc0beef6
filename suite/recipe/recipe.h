// A resolved recipe: every key of the schema has a value and an origin.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/recipe/schema.h"

namespace dsqbench {

class Recipe {
public:
    // All defaults.
    Recipe();

    // The file's name without ".toml": "fmnist_r8_w2a2". Set by load_recipe() as by recipe_name().
    const std::string& name() const { return name_; }
    void set_name(std::string name) { name_ = std::move(name); }

    // Typed access; throws Error(recipe) for an unknown key, std::logic_error for a key of another type.
    bool flag(const std::string& key) const;
    std::int64_t integer(const std::string& key) const;
    double real(const std::string& key) const;
    std::string text(const std::string& key) const;
    std::vector<std::string> texts(const std::string& key) const;
    std::vector<std::int64_t> integers(const std::string& key) const;
    std::vector<double> reals(const std::string& key) const;
    const nlohmann::json& value(const std::string& key) const;

    // "default", "recipes/base/cifar10.toml:12:3" or "--set". `key` may reach into an options table too.
    const std::string& origin(const std::string& key) const;

    // Validates and sets. `key` may also reach into an options table: "tricks.label_smoothing.amount". A table is laid
    // over the present one; "tricks.label_smoothing" = false removes a trick's table, true makes an empty one.
    void set(const std::string& key, const nlohmann::json& value, const std::string& origin);

    // Checks that need more than one key (milestones below epochs, warm-up within epochs, ...).
    void check_consistency() const;

    // JSON of all protocol and quantizer keys, sorted, shortest round-trip numbers, no white space. Values of type real
    // are always written as reals, so that 1 and 1.0 are one recipe.
    std::string canonical() const;
    // Throws Error(recipe) unless `canonical` names exactly the keys that canonical() writes.
    static Recipe from_canonical(const std::string& canonical, const std::string& name);

    std::string recipe_id() const;    // SHA-256 of canonical(), 64 hexadecimal digits
    std::string protocol_id() const;  // the same without the two quantizer keys

private:
    struct Setting {
        nlohmann::json value;
        std::string origin;
    };
    std::string name_ = "defaults";
    const Setting& setting(const std::string& key, ValueType type) const;

    std::map<std::string, Setting> settings_;
    std::map<std::string, std::string> option_origins_;  // of what was set inside a table, by full name
};

// Finds `name_or_path` (a path to a .toml file, or a name anywhere under `recipes_folder`), resolves `extends` (one
// parent each, cycles are errors), then applies the overrides ("key=value", value in TOML syntax; a bare word is text).
// Throws Error(recipe) with file:line:column and a suggestion; Error(usage) for an override that is no "key=value".
Recipe load_recipe(const std::string& name_or_path, const std::filesystem::path& recipes_folder,
                   const std::vector<std::string>& overrides = {});

// The same from text; `place` stands for the file name. For tests and fuzzing; `extends` is refused.
Recipe parse_recipe(const std::string& toml_text, const std::string& place);

// The folder with the recipes: $DSQBENCH_RECIPES_DIR, else recipes/ found upwards from the working folder, else the one
// the binary was built from or installed with.
std::filesystem::path default_recipes_folder();

// Every recipe file under `folder` (base/, claims/ and kernels/ hold parts and other data, not recipes), sorted.
std::vector<std::filesystem::path> recipe_files(const std::filesystem::path& folder);

}  // namespace dsqbench
