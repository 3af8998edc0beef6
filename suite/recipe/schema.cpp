#include "suite/recipe/schema.h"

#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

std::string last_part(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
}

bool holds_options(const Key& key) {
    return key.type == ValueType::options || key.type == ValueType::option_tables;
}

// Keys of `section` whose last part is near `part`; of all sections for "".
std::vector<std::string> near_in_section(const std::string& section, const std::string& part) {
    std::vector<std::string> names, parts, near;
    for (const Key& key : schema()) {
        if (key.name.compare(0, section.size(), section) != 0) continue;
        names.push_back(key.name);
        parts.push_back(last_part(key.name));
    }
    for (const std::string& known : nearest_names(part, parts))
        near.push_back(names[static_cast<std::size_t>(std::find(parts.begin(), parts.end(), known) - parts.begin())]);
    return near;
}

// The same word in another section is a better guess than a similar one: "model.epochs" means "training.epochs".
// Sections are left out of the comparison as far as that finds something: what they share makes everything in them look
// similar.
std::vector<std::string> likely_keys(const std::string& name) {
    const std::string part = last_part(name), section = name.substr(0, name.size() - part.size());
    std::vector<std::string> names, same;
    for (const Key& key : schema()) {
        names.push_back(key.name);
        if (last_part(key.name) == part) same.push_back(key.name);
    }
    if (!same.empty()) return same;
    if (auto near = near_in_section(section, part); !near.empty()) return near;
    if (auto near = near_in_section({}, part); !near.empty()) return near;
    return nearest_names(name, names);
}

[[noreturn]] void refuse_key(const std::string& name, const std::string& place) {
    const std::string shown =
        nlohmann::json(name.substr(0, 80)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    const std::string message = "unknown key '" + shown.substr(1, shown.size() - 2) + "'";
    if (is_section(name)) throw Error(ExitCode::recipe, message, "it is a section: write '" + name + ".<key>'", place);
    const auto near = likely_keys(name);
    throw Error(ExitCode::recipe, message,
                near.empty() ? "`dsqbench show keys` lists them all" : "did you mean '" + join(near, "' or '") + "'?",
                place);
}

}  // namespace

const Key& schema_key(const std::string& name) {
    for (const Key& key : schema())
        if (key.name == name) return key;
    refuse_key(name, {});
}

KeyPath resolve_key(const std::string& name, const std::string& place) {
    for (const Key& key : schema()) {
        if (key.name == name) return {key, {}};
        const std::size_t length = key.name.size();
        const bool inside = name.size() > length + 1 && name[length] == '.' && name.compare(0, length, key.name) == 0;
        if (inside && holds_options(key)) return {key, name.substr(length + 1)};
    }
    refuse_key(name, place);
}

bool is_section(const std::string& name) {
    const std::string prefix = name + ".";
    return std::any_of(schema().begin(), schema().end(),
                       [&](const Key& key) { return key.name.compare(0, prefix.size(), prefix) == 0; });
}

}  // namespace dsqbench
