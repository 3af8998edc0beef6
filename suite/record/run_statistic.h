// One number of a finished run from the layers that its metrics.jsonl records every epoch, for claims about what goes
// on inside a quantizer.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dsqbench {

struct RunStatistic {
    std::optional<double> value;
    std::string missing;  // why there is none
};

// The known ones:
//   soft_error_ratio      geometric mean over sites, last epoch, of surrogate_error / (clipping_error +
//   rounding_error):
//                         below 1 where the soft function would have been closer to its input than the hard one
//   alpha_hump_share      share of sites whose alpha is highest in the first half of the training, by 5 % or more above
//                         its first value of 0.2 and above its last one
//   alpha_weights_minus_activations    mean alpha of weights less that of activations, last epoch
//   alpha_shortcuts_minus_others       mean alpha of shortcut convolutions less that of all others, last epoch
//   outlier_gradient_correlation       rank correlation over sites, last epoch, of the clipping part of the error with
//                                      outlier_gradient_share, the outliers' part of the gradient of l and u
std::vector<std::string> run_statistic_names();

// `metrics`: the lines of metrics.jsonl. Throws Error(usage) for an unknown name.
RunStatistic run_statistic(const std::string& name, const std::vector<nlohmann::json>& metrics);

// {name: value} of those that the run has a value of: the row's field run_statistics.
nlohmann::json run_statistics(const std::vector<nlohmann::json>& metrics);

}  // namespace dsqbench
