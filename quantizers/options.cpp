#include "quantizers/options.h"

#include <fmt/format.h>

#include <algorithm>

namespace dsqbench {

std::string text_option(const QuantizerSettings& settings, const std::string& name, const std::string& default_value,
                        const std::vector<std::string>& choices) {
    const auto position = settings.options.find(name);
    if (position == settings.options.end()) return default_value;
    if (!position->is_string())
        throw Error(ExitCode::recipe, fmt::format("option '{}' is not a text", name), "known: " + join(choices, ", "));
    const auto value = position->get<std::string>();
    if (std::find(choices.begin(), choices.end(), value) == choices.end())
        throw Error(ExitCode::recipe, fmt::format("option '{}' cannot be '{}'", name, value),
                    suggestion(value, choices));
    return value;
}

double real_option(const QuantizerSettings& settings, const std::string& name, double default_value,
                   Interval interval) {
    const auto position = settings.options.find(name);
    if (position == settings.options.end()) return default_value;
    if (!position->is_number()) throw Error(ExitCode::recipe, fmt::format("option '{}' is not a number", name));
    const auto value = position->get<double>();
    if (value >= interval.lowest && value <= interval.highest) return value;
    throw Error(ExitCode::recipe, fmt::format("option '{}' cannot be {}", name, value),
                fmt::format("choose a number from {} to {}", interval.lowest, interval.highest));
}

}  // namespace dsqbench
