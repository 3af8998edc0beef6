#include "suite/report/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/report/number_text.h"
#include "suite/report/power.h"

namespace dsqbench {

namespace {

constexpr double significant = 0.05;
constexpr std::size_t fewest_seeds = 2;

bool is_above_zero(const Estimate& estimate) {
    return estimate.confidence ? estimate.confidence->low > 0 : false;
}

bool is_below_zero(const Estimate& estimate) {
    return estimate.confidence ? estimate.confidence->high < 0 : false;
}

std::string points(const Estimate& estimate) {
    const std::string value = signed_text(estimate.value, 2) + " points";
    return estimate.confidence ? value + " " + interval_text(estimate.confidence, 2) : value;
}

bool depends_on_recipe(const VerdictInputs& inputs) {
    return inputs.joint_gain.p_value && *inputs.joint_gain.p_value < significant &&
           std::abs(inputs.joint_gain.value) >= std::abs(inputs.algorithm.value) / 2;
}

std::string both(const VerdictInputs& inputs) {
    return fmt::format("the algorithm is worth {}, the recipe {}", points(inputs.algorithm), points(inputs.recipe));
}

Verdict underpowered(const VerdictInputs& inputs) {
    if (inputs.seeds < fewest_seeds || inputs.algorithm.standard_error <= 0)
        return {
            fmt::format("underpowered: {} more seeds needed", fewest_seeds - std::min(fewest_seeds - 1, inputs.seeds)),
            "a single seed has no spread to judge by"};
    const Precision precision{inputs.algorithm.standard_error * std::sqrt(static_cast<double>(inputs.seeds)),
                              inputs.cells};
    const std::size_t needed = std::max(seeds_to_detect(precision, inputs.margin, inputs.seeds),
                                        seeds_for_equivalence(precision, inputs.margin, inputs.seeds));
    return {fmt::format("underpowered: {} more seeds needed", needed - inputs.seeds),
            fmt::format("{}; {} seeds cannot tell whether the algorithm is worth {} points", both(inputs), inputs.seeds,
                        inputs.margin)};
}

}  // namespace

Verdict judge(const VerdictInputs& inputs) {
    if (inputs.seeds < fewest_seeds) return underpowered(inputs);
    if (depends_on_recipe(inputs))
        return {"depends on the recipe",
                fmt::format("algorithm and recipe together gain {} beyond the sum of what each gains alone: no single "
                            "share describes the algorithm",
                            points(inputs.joint_gain))};
    if (is_above_zero(inputs.algorithm)) return {"algorithm helps", both(inputs)};
    const bool equivalent = inputs.equivalence_p_value < significant, hurts = is_below_zero(inputs.algorithm);
    if (!equivalent && !hurts) return underpowered(inputs);
    if (is_above_zero(inputs.recipe)) return {"recipe helps", both(inputs)};
    if (equivalent) return {fmt::format("equivalent within {}", inputs.margin), both(inputs)};
    return {"algorithm hurts", both(inputs)};
}

}  // namespace dsqbench
