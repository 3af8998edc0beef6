// Tables of TOML files beside the recipes (claims, published numbers), checked against a list of keys.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "suite/recipe/toml_values.h"
#include "suite/record/row.h"

namespace dsqbench {

struct TomlKey {
    std::string name, type;  // type: text, real (finite), integer (never negative), texts (a list)
    Presence presence = Presence::optional;
    std::vector<std::string> choices{};  // of a text, or of each text of a list; empty means any
};

// One table. Values keep the place where they stand.
class TomlFields {
public:
    explicit TomlFields(std::string place) : place_(std::move(place)) {}

    void set(const std::string& key, const TomlValue& value) { values_.insert_or_assign(key, value); }
    // Takes what `defaults` has and this has not.
    void set_absent(const TomlFields& defaults) { values_.insert(defaults.values_.begin(), defaults.values_.end()); }

    bool has(const std::string& key) const { return values_.count(key) > 0; }
    std::string text(const std::string& key) const;                        // "" when it is absent
    bool is_text(const std::string& key, const std::string& value) const;  // false for another type
    double real(const std::string& key) const;  // std::out_of_range when it is absent, as in the next
    int integer(const std::string& key) const;
    std::vector<std::string> texts(const std::string& key) const;  // none when it is absent
    const std::string& place() const { return place_; }
    const std::string& place_of(const std::string& key) const;  // the table's when the key is absent

    // Throws Error(data) at file:line:column for an unknown key (with suggestions) or a value of a wrong type.
    void check_known(const std::vector<TomlKey>& keys) const;
    // Throws Error(data) for a required key that is missing.
    void check_complete(const std::vector<TomlKey>& keys) const;

private:
    std::string place_;
    std::map<std::string, TomlValue> values_;
};

// The tables of a file by name, "" for the keys before the first; a name with dots in it names a table in a table:
// "numbers.dsq-r18". In the order of the file. Throws Error(data) with the place for what is no TOML.
std::vector<std::pair<std::string, TomlFields>> parse_toml_tables(const std::string& text, const std::string& place);

// The .toml files of `folder`, sorted by name; none when there is no such folder.
std::vector<std::filesystem::path> toml_files_of(const std::filesystem::path& folder);

}  // namespace dsqbench
