#include <fmt/format.h>

#include <cmath>

#include "suite/core/text.h"
#include "suite/recipe/schema.h"

namespace dsqbench {

namespace {

std::string lower_bound(double minimum) {
    return minimum == above_zero ? "above 0" : fmt::format("from {}", minimum);
}

std::string upper_bound(double maximum) {
    return maximum == below_one ? "below 1" : fmt::format("{}", maximum);
}

std::string range(const Key& key) {
    const bool below = std::isfinite(key.minimum), above = std::isfinite(key.maximum);
    if (!below) return above ? " up to " + upper_bound(key.maximum) : "";
    const bool single = key.minimum == key.maximum;
    std::string text = single ? fmt::format(": {}", key.minimum) : " " + lower_bound(key.minimum);
    if (above && !single) text += (key.minimum == above_zero ? " and up to " : " to ") + upper_bound(key.maximum);
    for (const auto extra : key.also_allowed) text += fmt::format(", or {}", extra);
    return text;
}

std::string any_of_choices(const std::vector<std::string>& choices) {
    const std::vector<std::string> all_but_last(choices.begin(), choices.end() - 1);
    return fmt::format("'{}' or '{}'", join(all_but_last, "', '"), choices.back());
}

}  // namespace

std::string allowed_values(const Key& key) {
    switch (key.type) {
        case ValueType::boolean:
            return "true or false";
        case ValueType::integer:
            return "an integer" + range(key);
        case ValueType::real:
            return "a number" + range(key);
        case ValueType::text:
            return key.choices.empty() ? "text" : any_of_choices(key.choices);
        case ValueType::text_list:
            return "a list of texts";
        case ValueType::integer_list:
            return "a list of integers" + range(key);
        case ValueType::real_list:
            return "a list of numbers" + range(key);
        case ValueType::options:
            return "a table of options";
        case ValueType::option_tables:
            return "a table of tables";
    }
    return {};
}

}  // namespace dsqbench
