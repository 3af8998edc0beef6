#include "suite/report/number_text.h"

#include <fmt/format.h>

namespace dsqbench {

namespace {

// What rounds to zero has no sign.
std::string with_true_minus(const std::string& text) {
    const bool is_signed = text[0] == '-' || text[0] == '+';
    if (is_signed && text.find_first_of("123456789") == std::string::npos) return text.substr(1);
    return text[0] == '-' ? "−" + text.substr(1) : text;
}

}  // namespace

std::string number_text(std::optional<double> value, int decimals) {
    return value ? with_true_minus(fmt::format("{:.{}f}", *value, decimals)) : undefined_text;
}

std::string signed_text(double value, int decimals) {
    return with_true_minus(fmt::format("{:+.{}f}", value, decimals));
}

std::string interval_text(const std::optional<Interval>& interval, int decimals) {
    if (!interval) return undefined_text;
    return fmt::format("[{}, {}]", signed_text(interval->low, decimals), signed_text(interval->high, decimals));
}

std::string difference_text(const Difference& difference, int decimals) {
    const std::string estimate = signed_text(difference.estimate, decimals);
    return difference.confidence ? estimate + " " + interval_text(difference.confidence, decimals) : estimate;
}

std::string p_value_text(std::optional<double> p_value) {
    if (!p_value) return undefined_text;
    return *p_value < 0.001 ? "< 0.001" : fmt::format("{:.3f}", *p_value);
}

}  // namespace dsqbench
