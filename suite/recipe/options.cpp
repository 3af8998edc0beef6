#include "suite/recipe/options.h"

#include "suite/core/error.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

struct Merge {
    const Key& key;
    const std::string& place;

    [[noreturn]] void refuse(const std::string& name, const std::string& what) const {
        throw Error(ExitCode::recipe, name + " must be " + what, {}, place);
    }

    void option(Json& table, const std::string& prefix, const std::string& name, const Json& value) const {
        check_text(prefix, name, place);
        table[name] = checked_option(prefix + "." + name, value, place);
    }

    void options(Json& table, const std::string& prefix, const Json& values) const {
        for (const auto& [name, value] : values.items()) option(table, prefix, name, value);
    }

    void named_table(Json& tables, const std::string& name, const Json& value) const {
        check_text(key.name, name, place);
        const std::string full_name = key.name + "." + name;
        if (!value.is_object() && !value.is_boolean()) refuse(full_name, "a table, true or false");
        if (value.is_boolean() && !value.get<bool>()) {
            tables.erase(name);
            return;
        }
        Json& table = tables.emplace(name, Json::object()).first.value();
        if (value.is_object()) options(table, full_name, value);
    }

    void whole(Json& table, const Json& value) const {
        if (!value.is_object()) refuse(key.name, allowed_values(key));
        if (key.type == ValueType::options) return options(table, key.name, value);
        for (const auto& [name, item] : value.items()) named_table(table, name, item);
    }

    void part(Json& table, const std::string& name, const Json& value) const {
        if (key.type == ValueType::options) return option(table, key.name, name, value);
        // The last dot: an expected result's label may hold dots ("dsq training.gamma=0.5"), the names of options and
        // tricks do not.
        const auto dot = name.rfind('.');
        if (dot == std::string::npos) return named_table(table, name, value);
        if (key.group == KeyGroup::protocol && name.find('.') != dot)
            refuse(key.name + "." + name.substr(0, dot), "a number, text, true, false or a list of these, not a table");
        Json& inner = table.emplace(name.substr(0, dot), Json::object()).first.value();
        option(inner, key.name + "." + name.substr(0, dot), name.substr(dot + 1), value);
    }
};

}  // namespace

void merge_options(Json& table, const KeyPath& path, const Json& value, const std::string& place) {
    const Merge merge{path.key, place};
    Json merged = table;
    if (path.option.empty())
        merge.whole(merged, value);
    else
        merge.part(merged, path.option, value);
    table = std::move(merged);
}

}  // namespace dsqbench
