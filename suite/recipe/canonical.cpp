#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/hash.h"
#include "suite/recipe/recipe.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

Json values_of(const Recipe& recipe, const std::vector<KeyGroup>& groups) {
    Json values = Json::object();
    for (const Key& key : schema()) {
        if (std::find(groups.begin(), groups.end(), key.group) == groups.end()) continue;
        const Json value = recipe.value(key.name);
        if (!key.is_late || value != key.default_value) values[key.name] = value;
    }
    return values;
}

// nlohmann's object sorts by bytes, and its dump writes the shortest decimal that reads back as the same double.
std::string text_of(const Json& values) {
    return values.dump();
}

Json parse(const std::string& canonical, const std::string& name) {
    // The parser recurses; a resolved recipe is four levels deep (a list in a trick's table).
    const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 8; };
    Json values = Json::parse(canonical, shallow, false);
    if (!values.is_object()) throw Error(ExitCode::recipe, "not a resolved recipe: no JSON object", {}, name);
    return values;
}

}  // namespace

std::string Recipe::canonical() const {
    return text_of(values_of(*this, {KeyGroup::quantizer, KeyGroup::protocol}));
}

Recipe Recipe::from_canonical(const std::string& canonical, const std::string& name) {
    Recipe recipe;
    recipe.set_name(name);
    const Json expected = values_of(recipe, {KeyGroup::quantizer, KeyGroup::protocol});
    const Json values = parse(canonical, name);
    for (const auto& [key, value] : values.items()) {
        if (schema_key(key).group == KeyGroup::study)
            throw Error(ExitCode::recipe, "not a resolved recipe: it holds '" + key + "'", {}, name);
        recipe.set(key, value, name);
    }
    for (const auto& [key, value] : expected.items())
        if (!values.contains(key))
            throw Error(ExitCode::recipe, "the resolved recipe lacks '" + key + "'",
                        "another version of dsqbench wrote it", name);
    recipe.check_consistency();
    return recipe;
}

std::string Recipe::recipe_id() const {
    return sha256_hex(canonical());
}

std::string Recipe::protocol_id() const {
    return sha256_hex(text_of(values_of(*this, {KeyGroup::protocol})));
}

}  // namespace dsqbench
