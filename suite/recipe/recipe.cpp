#include "suite/recipe/recipe.h"

#include <stdexcept>

#include "suite/recipe/options.h"

namespace dsqbench {

Recipe::Recipe() {
    for (const Key& key : schema()) settings_[key.name] = {checked_value(key, key.default_value, "default"), "default"};
}

const Recipe::Setting& Recipe::setting(const std::string& key, ValueType type) const {
    if (schema_key(key).type != type) throw std::logic_error("recipe key " + key + " is read as another type");
    return settings_.at(key);
}

bool Recipe::flag(const std::string& key) const {
    return setting(key, ValueType::boolean).value.get<bool>();
}

std::int64_t Recipe::integer(const std::string& key) const {
    return setting(key, ValueType::integer).value.get<std::int64_t>();
}

double Recipe::real(const std::string& key) const {
    return setting(key, ValueType::real).value.get<double>();
}

std::string Recipe::text(const std::string& key) const {
    return setting(key, ValueType::text).value.get<std::string>();
}

std::vector<std::string> Recipe::texts(const std::string& key) const {
    return setting(key, ValueType::text_list).value.get<std::vector<std::string>>();
}

std::vector<std::int64_t> Recipe::integers(const std::string& key) const {
    return setting(key, ValueType::integer_list).value.get<std::vector<std::int64_t>>();
}

std::vector<double> Recipe::reals(const std::string& key) const {
    return setting(key, ValueType::real_list).value.get<std::vector<double>>();
}

const nlohmann::json& Recipe::value(const std::string& key) const {
    return settings_.at(schema_key(key).name).value;
}

const std::string& Recipe::origin(const std::string& key) const {
    const KeyPath path = resolve_key(key, {});
    for (std::string name = key; name.size() > path.key.name.size(); name.resize(name.rfind('.')))
        if (const auto found = option_origins_.find(name); found != option_origins_.end()) return found->second;
    return settings_.at(path.key.name).origin;
}

void Recipe::set(const std::string& key, const nlohmann::json& value, const std::string& origin) {
    const KeyPath path = resolve_key(key, origin);
    Setting& setting = settings_.at(path.key.name);
    if (path.key.type == ValueType::options || path.key.type == ValueType::option_tables)
        merge_options(setting.value, path, value, origin);
    else
        setting.value = checked_value(path.key, value, origin);
    setting.origin = origin;
    if (!path.option.empty()) option_origins_[key] = origin;
}

}  // namespace dsqbench
