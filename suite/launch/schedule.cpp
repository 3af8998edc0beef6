#include "suite/launch/schedule.h"

#include <algorithm>
#include <stdexcept>

namespace dsqbench {

Schedule::Schedule(const std::vector<PlannedTask>& plan) : states_(plan.size(), State::waiting) {
    for (const auto& task : plan) {
        if (std::any_of(task.after.begin(), task.after.end(), [&](std::size_t index) { return index >= plan.size(); }))
            throw std::logic_error("task '" + task.label + "' waits for one that is not in the plan");
        after_.push_back(task.after);
    }
    require_no_cycle();
}

// Every plan without a cycle can be worked off when each task succeeds.
void Schedule::require_no_cycle() const {
    Schedule trial = *this;
    std::size_t done = 0;
    for (auto task = trial.start_next(); task; task = trial.start_next(), ++done) trial.succeeded(*task);
    if (done != states_.size()) throw std::logic_error("the plan's tasks wait for each other in a circle");
}

bool Schedule::is_ready(std::size_t task) const {
    return std::all_of(after_[task].begin(), after_[task].end(),
                       [&](std::size_t needed) { return states_[needed] == State::succeeded; });
}

std::optional<std::size_t> Schedule::next() const {
    for (std::size_t task = 0; task < states_.size(); ++task)
        if (states_[task] == State::waiting && is_ready(task)) return task;
    return std::nullopt;
}

bool Schedule::has_next() const {
    return next().has_value();
}

std::optional<std::size_t> Schedule::start_next() {
    const auto task = next();
    if (task) states_[*task] = State::started;
    return task;
}

void Schedule::succeeded(std::size_t task) {
    states_.at(task) = State::succeeded;
}

std::vector<Schedule::Dropped> Schedule::did_not_succeed(std::size_t task) {
    states_.at(task) = State::dropped;
    std::vector<Dropped> dropped;
    for (std::size_t i = 0; i < after_.size(); ++i) {
        const bool waits = std::find(after_[i].begin(), after_[i].end(), task) != after_[i].end();
        if (!waits || states_[i] != State::waiting) continue;
        dropped.push_back({i, task});
        const auto further = did_not_succeed(i);
        dropped.insert(dropped.end(), further.begin(), further.end());
    }
    return dropped;
}

}  // namespace dsqbench
