// Numbers as people read them in a table: a true minus sign, and a dash for what is not defined.
#pragma once

#include <optional>
#include <string>

#include "suite/report/statistics.h"

namespace dsqbench {

constexpr const char* undefined_text = "—";

std::string number_text(std::optional<double> value, int decimals);       // "89.12"
std::string signed_text(double value, int decimals);                      // "+0.31", "−2.40", "0.00"
std::string difference_text(const Difference& difference, int decimals);  // "−2.31 [−2.60, −2.02]"
std::string interval_text(const std::optional<Interval>& interval, int decimals);
std::string p_value_text(std::optional<double> p_value);  // "0.031", "< 0.001"

}  // namespace dsqbench
