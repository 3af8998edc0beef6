#include "suite/report/toml_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;
using Tables = std::vector<std::pair<std::string, TomlFields>>;

constexpr std::size_t largest_file = std::size_t{16} << 20;

bool is_chosen(const TomlKey& key, const Json& value) {
    return key.choices.empty() ||
           std::find(key.choices.begin(), key.choices.end(), value.get<std::string>()) != key.choices.end();
}

bool has_type(const Json& value, const std::string& type) {
    if (type == "text") return value.is_string();
    if (type == "integer") return value.is_number_integer() && value >= 0 && value <= std::numeric_limits<int>::max();
    if (type == "real") return value.is_number() && std::isfinite(value.get<double>());
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

std::string name_of_type(const std::string& type) {
    if (type == "real") return "a number";
    if (type == "integer") return "a whole number, 0 or more";
    return type == "text" ? "a text" : "a list of texts";
}

void check_value(const TomlKey& key, const TomlValue& given) {
    if (!has_type(given.value, key.type))
        throw Error(ExitCode::data, fmt::format("'{}' must be {}", key.name, name_of_type(key.type)), {}, given.place);
    if (key.choices.empty()) return;
    for (const Json& value : given.value.is_array() ? given.value : Json::array({given.value}))
        if (!is_chosen(key, value))
            throw Error(ExitCode::data, fmt::format("'{}' cannot be '{}'", key.name, value.get<std::string>()),
                        suggestion(value.get<std::string>(), key.choices), given.place);
}

const TomlKey* find_key(const std::vector<TomlKey>& keys, const std::string& name) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const TomlKey& key) { return key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

TomlFields& table_named(Tables& tables, const std::string& name, const std::string& place) {
    const auto known = std::find_if(tables.begin(), tables.end(), [&](const auto& each) { return each.first == name; });
    if (known != tables.end()) return known->second;
    return tables.emplace_back(name, TomlFields(place)).second;
}

}  // namespace

std::string TomlFields::text(const std::string& key) const {
    return has(key) ? values_.at(key).value.get<std::string>() : std::string();
}

bool TomlFields::is_text(const std::string& key, const std::string& value) const {
    return has(key) && values_.at(key).value == value;
}

double TomlFields::real(const std::string& key) const {
    return values_.at(key).value.get<double>();
}

int TomlFields::integer(const std::string& key) const {
    return values_.at(key).value.get<int>();
}

std::vector<std::string> TomlFields::texts(const std::string& key) const {
    return has(key) ? values_.at(key).value.get<std::vector<std::string>>() : std::vector<std::string>();
}

const std::string& TomlFields::place_of(const std::string& key) const {
    return has(key) ? values_.at(key).place : place_;
}

void TomlFields::check_known(const std::vector<TomlKey>& keys) const {
    std::vector<std::string> names;
    for (const TomlKey& key : keys) names.push_back(key.name);
    for (const auto& [name, given] : values_) {
        const TomlKey* key = find_key(keys, name);
        if (key == nullptr)
            throw Error(ExitCode::data, "unknown key '" + name + "'", suggestion(name, names), given.place);
        check_value(*key, given);
    }
}

void TomlFields::check_complete(const std::vector<TomlKey>& keys) const {
    for (const TomlKey& key : keys)
        if (key.presence == Presence::required && !has(key.name))
            throw Error(ExitCode::data, "'" + key.name + "' is missing", {}, place_);
}

Tables parse_toml_tables(const std::string& text, const std::string& place) {
    Tables tables;
    table_named(tables, "", place);
    try {
        for (const TomlValue& value : read_toml(text, place)) {
            const auto dot = value.name.rfind('.');
            const std::string table = dot == std::string::npos ? "" : value.name.substr(0, dot);
            // A table without entries arrives as a value {}; as a table it is one that lacks all its keys.
            if (value.value.is_object())
                table_named(tables, value.name, value.place);
            else
                table_named(tables, table, value.place)
                    .set(dot == std::string::npos ? value.name : value.name.substr(dot + 1), value);
        }
    } catch (const Error& error) {
        if (error.code() != ExitCode::recipe) throw;
        throw Error(ExitCode::data, error.message(), error.hint(), error.place());  // it is no recipe
    }
    return tables;
}

std::vector<std::filesystem::path> toml_files_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(folder, missing))
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace dsqbench
