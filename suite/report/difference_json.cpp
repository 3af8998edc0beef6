#include "suite/report/difference_json.h"

namespace dsqbench {

nlohmann::json or_null(std::optional<double> value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json to_json(const Difference& difference) {
    nlohmann::json low, high;
    if (difference.confidence) {
        low = difference.confidence->low;
        high = difference.confidence->high;
    }
    return {{"estimate", difference.estimate},
            {"low", low},
            {"high", high},
            {"p_value", or_null(difference.p_value)},
            {"count", difference.count}};
}

nlohmann::json or_null(const std::optional<Difference>& difference) {
    return difference ? to_json(*difference) : nlohmann::json();
}

}  // namespace dsqbench
