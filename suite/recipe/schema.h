// The one table of everything that a recipe may say: validation, defaults, `show recipe --explain` and
// docs/recipes.md are made from it.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dsqbench {

// What a key's value may be. `options` is a table of scalars or lists whose keys the owner checks: a trick or a
// quantizer knows its own options, and the recipe layer knows neither. `option_tables` is a table of such tables, by
// name.
enum class ValueType { boolean, integer, real, text, text_list, integer_list, real_list, options, option_tables };

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
    std::string meaning;  // one clause, without a full stop
    // Bounds of numbers and of the items of lists, inclusive; above_zero and below_one stand for open ones.
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::vector<std::int64_t> also_allowed;  // outside the bounds: 32 bits for "not quantized"
    std::vector<std::string> choices;        // for text; empty means any
    // Added after rows were stored: enters the ids only where a recipe gives it another value than the default, so that
    // those of older recipes stay.
    bool is_late = false;
};

inline constexpr double above_zero = std::numeric_limits<double>::min();
inline constexpr double below_one = 1.0 - std::numeric_limits<double>::epsilon() / 2;

const std::vector<Key>& schema();

// Throws Error(recipe) with suggestions when there is no such key.
const Key& schema_key(const std::string& name);

// A key, and what a longer name reaches inside its table: "tricks.pretrain.epochs" is "pretrain.epochs" of "tricks".
struct KeyPath {
    const Key& key;
    std::string option;  // "" for the key itself
};

// Throws Error(recipe) at `place` with suggestions when no key has this name or holds it.
KeyPath resolve_key(const std::string& name, const std::string& place);

// Is `name` the part before a dot of some key ("training")?
bool is_section(const std::string& name);

// What a value may be, in words: "an integer from 1 to 8, or 32".
std::string allowed_values(const Key& key);

// Returns `value` in the key's canonical type (an integer given for a real becomes a real); throws Error(recipe) at
// `place` when it has another type, is not finite, is out of range or not among the choices.
nlohmann::json checked_value(const Key& key, const nlohmann::json& value, const std::string& place);

// The same for one option of a table, which may be any finite scalar or a list of them; `name` is for the message.
nlohmann::json checked_option(const std::string& name, const nlohmann::json& value, const std::string& place);

// Throws Error(recipe) at `place` unless `text` is UTF-8 without control characters (line ends and tabs are fine).
void check_text(const std::string& name, const std::string& text, const std::string& place);

}  // namespace dsqbench
