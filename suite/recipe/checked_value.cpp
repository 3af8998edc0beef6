#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/options.h"
#include "suite/recipe/schema.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

// Short and printable, whatever the recipe holds.
std::string shown(const Json& value) {
    const double number = value.is_number_float() ? value.get<double>() : 0;
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    if (value.is_object()) return "a table";
    const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= 40 ? text : text.substr(0, 37) + "...";
}

bool is_int64(const Json& value) {
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    return value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > largest);
}

// -0.0 and 0.0 are one setting and must have one canonical form.
double without_sign_of_zero(double value) {
    return value == 0 ? 0.0 : value;
}

struct Check {
    const Key& key;
    const std::string& place;

    [[noreturn]] void refuse(const Json& value) const {
        const bool misspelt = value.is_string() && !key.choices.empty();
        const auto near =
            misspelt ? nearest_names(value.get_ref<const std::string&>(), key.choices) : std::vector<std::string>();
        throw Error(ExitCode::recipe, key.name + " must be " + allowed_values(key) + ", not " + shown(value),
                    near.empty() ? "" : "did you mean '" + join(near, "' or '") + "'?", place);
    }

    bool within_bounds(double value) const { return value >= key.minimum && value <= key.maximum; }

    Json integer(const Json& value) const {
        if (!is_int64(value)) refuse(value);
        const auto number = value.get<std::int64_t>();
        const auto& extra = key.also_allowed;
        if (within_bounds(static_cast<double>(number)) || std::find(extra.begin(), extra.end(), number) != extra.end())
            return number;
        refuse(value);
    }

    Json real(const Json& value) const {
        if (!value.is_number() || !std::isfinite(value.get<double>()) || !within_bounds(value.get<double>()))
            refuse(value);
        return without_sign_of_zero(value.get<double>());
    }

    Json text(const Json& value) const {
        if (!value.is_string()) refuse(value);
        const auto& string = value.get_ref<const std::string&>();
        check_text(key.name, string, place);
        if (!key.choices.empty() && std::find(key.choices.begin(), key.choices.end(), string) == key.choices.end())
            refuse(value);
        return value;
    }

    template <class Item>
    Json list(const Json& value, Item item) const {
        if (!value.is_array()) refuse(value);
        Json checked = Json::array();
        for (const Json& entry : value) checked.push_back((this->*item)(entry));
        return checked;
    }
};

Json checked_scalar(const std::string& name, const Json& value, const std::string& place) {
    const bool infinite = value.is_number_float() && !std::isfinite(value.get<double>());
    const bool too_large = value.is_number_integer() && !is_int64(value);
    if (value.is_structured() || value.is_null() || infinite || too_large)
        throw Error(ExitCode::recipe,
                    name + " must be a finite number, text, true, false or a list of these, not " + shown(value), {},
                    place);
    if (value.is_string()) check_text(name, value.get_ref<const std::string&>(), place);
    if (value.is_number_float()) return without_sign_of_zero(value.get<double>());
    return value;
}

}  // namespace

Json checked_value(const Key& key, const Json& value, const std::string& place) {
    const Check check{key, place};
    switch (key.type) {
        case ValueType::boolean:
            if (!value.is_boolean()) check.refuse(value);
            return value;
        case ValueType::integer:
            return check.integer(value);
        case ValueType::real:
            return check.real(value);
        case ValueType::text:
            return check.text(value);
        case ValueType::text_list:
            return check.list(value, &Check::text);
        case ValueType::integer_list:
            return check.list(value, &Check::integer);
        case ValueType::real_list:
            return check.list(value, &Check::real);
        case ValueType::options:
        case ValueType::option_tables:
            break;
    }
    Json table = Json::object();
    merge_options(table, {key, {}}, value, place);
    return table;
}

Json checked_option(const std::string& name, const Json& value, const std::string& place) {
    if (!value.is_array()) return checked_scalar(name, value, place);
    Json checked = Json::array();
    for (const Json& entry : value) checked.push_back(checked_scalar(name, entry, place));
    return checked;
}

void check_text(const std::string& name, const std::string& text, const std::string& place) {
    const auto is_control = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    };
    if (!is_utf8(text)) throw Error(ExitCode::recipe, name + " holds text that is not UTF-8", {}, place);
    if (std::any_of(text.begin(), text.end(), is_control))
        throw Error(ExitCode::recipe, name + " holds text with control characters", {}, place);
}

}  // namespace dsqbench
