#include "suite/training/schedule.h"

#include <algorithm>
#include <cmath>

namespace dsqbench {

double learning_rate_at(const ScheduleSettings& settings, double progress) {
    const double peak = settings.learning_rate;
    if (progress < settings.warmup_epochs) return peak * progress / settings.warmup_epochs;
    if (settings.kind == "constant") return peak;
    if (settings.kind == "step") {
        const auto passed = std::count_if(settings.milestones.begin(), settings.milestones.end(),
                                          [&](std::int64_t epoch) { return progress >= static_cast<double>(epoch); });
        return peak * std::pow(settings.gamma, static_cast<double>(passed));
    }
    const double span = settings.epochs - settings.warmup_epochs;
    const double done = std::clamp((progress - settings.warmup_epochs) / span, 0.0, 1.0);
    const double left = settings.kind == "linear" ? 1 - done : 0.5 * (1 + std::cos(M_PI * done));
    return settings.final_learning_rate + (peak - settings.final_learning_rate) * left;
}

}  // namespace dsqbench
