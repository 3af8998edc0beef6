// Which task may start next: the plan's dependencies, without processes.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "suite/launch/plan.h"

namespace dsqbench {

class Schedule {
public:
    // Throws std::logic_error for a dependency that does not exist, or that comes back to its task.
    explicit Schedule(const std::vector<PlannedTask>& plan);

    // The first waiting task whose dependencies have all succeeded, now counted as started; nullopt when there is none.
    std::optional<std::size_t> start_next();
    bool has_next() const;  // would start_next() start one?
    void succeeded(std::size_t task);

    struct Dropped {
        std::size_t task, needed;  // `needed`: the dependency that it cannot have
    };
    // The task did not succeed; returns the waiting tasks that can now never start, nearest first.
    std::vector<Dropped> did_not_succeed(std::size_t task);

private:
    enum class State { waiting, started, succeeded, dropped };
    bool is_ready(std::size_t task) const;
    std::optional<std::size_t> next() const;
    void require_no_cycle() const;

    std::vector<std::vector<std::size_t>> after_;
    std::vector<State> states_;
};

}  // namespace dsqbench
