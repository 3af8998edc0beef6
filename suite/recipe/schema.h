// The one table of everything that a recipe may say: validation, defaults, `show recipe --explain` and
// docs/recipes.md are made from it.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dsqbench {

// What a key's value may be. `options` is a table of scalars or lists whose keys the owner checks: a trick or a quantizer
// knows its own options, and the recipe layer knows neither.
enum class ValueType { boolean, integer, real, text, text_list, integer_list, real_list, options };

// Who a key belongs to, which decides where it counts.
enum class KeyGroup {
    study,      // which runs to make: contenders, seeds, what is expected; enters neither id
    quantizer,  // quantization.weight and quantization.activation: enters recipe_id only
    protocol,   // everything else: enters recipe_id and protocol_id
};

struct Key {
    std::string name;  // dotted: "training.learning_rate"
    ValueType type = ValueType::text;
    KeyGroup group = KeyGroup::protocol;
    nlohmann::json default_value;
    std::string unit;     // "epochs", "images"; "" for a pure number or a name
    std::string meaning;  // one sentence
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::vector<std::string> choices;  // for text; empty means any
};

const std::vector<Key>& schema();

// Throws Error(recipe) with suggestions when there is no such key.
const Key& schema_key(const std::string& name);

// Returns `value` in the key's canonical type (an integer given for a real becomes a real); throws Error(recipe) at
// `place` when it has another type, is not finite, is out of range or not among the choices.
nlohmann::json checked_value(const Key& key, const nlohmann::json& value, const std::string& place);

}  // namespace dsqbench
