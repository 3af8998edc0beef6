#include "suite/recipe/overrides.h"

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/toml_values.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

struct Pair {
    std::string key, value;
};

Pair split_pair(const std::string& text, const std::string& origin) {
    const auto equals = text.find('=');
    const std::string key(trim(std::string_view(text).substr(0, equals)));
    if (equals == std::string::npos || key.empty())
        throw Error(ExitCode::usage, "'" + text + "' is not KEY=VALUE", "write " + origin + " training.epochs=3");
    return {key, std::string(trim(std::string_view(text).substr(equals + 1)))};
}

// The value as TOML under the name `key`; an inline table gives one entry for each of its options. Empty when it is not
// TOML.
std::vector<TomlValue> as_toml(const Pair& pair) {
    if (pair.value.find('\n') != std::string::npos) return {};
    try {
        auto values = read_toml("x = " + pair.value, "");
        for (TomlValue& value : values) value.name.replace(0, 1, pair.key);
        return values;
    } catch (const Error&) {
        return {};
    }
}

Json as_text(const Pair& pair, ValueType type) {
    if (type != ValueType::text_list) return pair.value;
    Json list = Json::array();
    for (const std::string& item : split(pair.value, ',')) list.push_back(std::string(trim(item)));
    return list;
}

bool is_meant(const std::vector<TomlValue>& values, ValueType type) {
    if (values.empty()) return false;
    if (type == ValueType::text) return values.front().value.is_string();
    return type != ValueType::text_list || values.front().value.is_array();
}

// Where the value that starts at `begin` ends: at the next comma outside brackets and quotes.
std::size_t end_of_value(const std::string& text, std::size_t begin) {
    int depth = 0;
    char quote = 0;
    for (std::size_t i = begin; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == quote) quote = 0;
            continue;
        }
        if (c == '"' || c == '\'') quote = c;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if (c == ',' && depth <= 0) return i;
    }
    return text.size();
}

}  // namespace

void apply_override(Recipe& recipe, const std::string& text, const std::string& origin) {
    const Pair pair = split_pair(text, origin);
    const KeyPath path = resolve_key(pair.key, origin);
    const ValueType type = path.option.empty() ? path.key.type : ValueType::options;
    const auto values = as_toml(pair);
    if (!is_meant(values, type)) return recipe.set(pair.key, as_text(pair, type), origin);
    for (const TomlValue& value : values) recipe.set(value.name, value.value, origin);
}

std::vector<std::string> sweep_overrides(const std::string& sweep) {
    const Pair pair = split_pair(sweep, "--over");
    std::vector<std::string> overrides;
    for (std::size_t begin = 0; begin <= pair.value.size();) {
        const std::size_t end = end_of_value(pair.value, begin);
        const std::string value(trim(std::string_view(pair.value).substr(begin, end - begin)));
        if (value.empty())
            throw Error(ExitCode::usage, "'" + sweep + "' holds an empty value", "write --over key=v1,v2");
        overrides.push_back(pair.key + "=" + value);
        begin = end + 1;
    }
    return overrides;
}

}  // namespace dsqbench
