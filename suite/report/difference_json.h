// Statistics as JSON; what is not defined is null.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "suite/report/statistics.h"

namespace dsqbench {

nlohmann::json or_null(std::optional<double> value);

// {"estimate", "low", "high", "p_value", "count"}
nlohmann::json to_json(const Difference& difference);
nlohmann::json or_null(const std::optional<Difference>& difference);

}  // namespace dsqbench
