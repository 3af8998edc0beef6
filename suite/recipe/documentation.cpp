#include "suite/recipe/documentation.h"

#include <fmt/format.h>

namespace dsqbench {

namespace {

constexpr const char* introduction = R"(# Recipes

`dsqbench show keys --markdown` writes this page from the schema in `suite/recipe/schema_table.cpp`.

A recipe is a TOML file that says everything that decides a training, and nothing that depends on the machine: paths,
devices and numbers of threads are options of the command line. A key that a recipe leaves out has the default below.
`dsqbench show recipe NAME --explain` prints every key's value, where it comes from and what it means;
`dsqbench validate PATH...` checks recipes without data.

- `extends = "base/cifar10"` takes the values of one other recipe: a path from this file's folder or from `recipes/`, or
  a name. The child's values win; the tables of `tricks`, `expect` and `quantization.options` merge option by option.
- `--set training.epochs=3` overrides a key, `--over training.epochs=2,4` sweeps one.
- `recipe_id` is the SHA-256 of all resolved values but those of the study; `protocol_id` leaves out the two quantizers
  too. Only results of one `protocol_id` are compared with each other.
)";

std::string section_of(const std::string& name) {
    const auto dot = name.find('.');
    return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string heading(const Key& key) {
    const std::string section = section_of(key.name);
    if (!section.empty()) return "`[" + section + "]`";
    return key.group == KeyGroup::study ? "The study: which runs to make" : "Training tricks";
}

std::string row(const Key& key) {
    return fmt::format("| `{}` | {} | `{}` | {} | {} |\n", key.name, allowed_values(key), key.default_value.dump(),
                       key.unit, key.meaning);
}

void list_table(const Recipe& recipe, const Key& key, std::vector<ListedValue>& lines) {
    const auto add = [&](const std::string& name, const nlohmann::json& value) {
        lines.push_back({name, value, recipe.origin(name), &key});
    };
    const auto& table = recipe.value(key.name);
    if (table.empty()) add(key.name, table);
    for (const auto& [name, entry] : table.items()) {
        const std::string full_name = key.name + "." + name;
        if (!entry.is_object() || entry.empty()) add(full_name, entry);
        if (!entry.is_object()) continue;
        for (const auto& [option, value] : entry.items()) add(full_name + "." + option, value);
    }
}

}  // namespace

std::string recipe_reference() {
    std::string text = introduction, current;
    for (const Key& key : schema()) {
        if (heading(key) != current)
            text += "\n## " + heading(key) + "\n\n| key | value | default | unit | meaning |\n|---|---|---|---|---|\n";
        current = heading(key);
        text += row(key);
    }
    return text;
}

std::vector<ListedValue> listed_values(const Recipe& recipe) {
    std::vector<ListedValue> lines;
    for (const Key& key : schema())
        if (recipe.value(key.name).is_object())
            list_table(recipe, key, lines);
        else
            lines.push_back({key.name, recipe.value(key.name), recipe.origin(key.name), &key});
    return lines;
}

std::string explanation(const Key& key) {
    return fmt::format("{}{}{}: {}", key.unit, key.unit.empty() ? "" : ", ", allowed_values(key), key.meaning);
}

}  // namespace dsqbench
