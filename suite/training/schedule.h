// The learning rate as a function of training progress.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dsqbench {

struct ScheduleSettings {
    std::string kind = "cosine";  // "step", "linear", "cosine", "constant"
    double learning_rate = 0.1, final_learning_rate = 0;
    double epochs = 1, warmup_epochs = 0;
    std::vector<std::int64_t> milestones;  // epochs after which `step` multiplies by gamma
    double gamma = 0.1;
};

// `progress` in epochs, fractional, from 0. During warm-up the rate rises linearly from 0; `linear` and `cosine` then
// fall to final_learning_rate over the epochs that are left.
double learning_rate_at(const ScheduleSettings& settings, double progress);

}  // namespace dsqbench
