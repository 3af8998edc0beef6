// TOML as a flat list of values. Only toml_values.cpp knows the TOML library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

struct TomlValue {
    std::string name;      // "training.epochs"; the keys of tables joined with dots
    nlohmann::json value;  // a scalar, a list, or {} for a table without entries
    std::string place;     // "recipes/x.toml:12:3", where the key stands
};

// In the order of the text. Throws Error(recipe) with the place for text that is not UTF-8 or not TOML, that nests too
// deeply, that sets a name twice, or that holds a date.
std::vector<TomlValue> read_toml(std::string_view text, const std::string& place);

}  // namespace dsqbench
