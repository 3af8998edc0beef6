// Whether the memory that is left holds one more task of a plan: each is expected to need as much as the largest that
// the plan has shown so far.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "suite/core/memory.h"

namespace dsqbench {

class MemoryGate {
public:
    using Available = std::function<std::optional<std::uint64_t>()>;
    // `available`: bytes that are left, nullopt when unknown. An empty function: the gate is always open.
    explicit MemoryGate(Available available) : available_(std::move(available)) {}

    void started(std::size_t task) { running_[task]; }
    void reported(std::size_t task, const ResidentMemory& memory);
    void ended(std::size_t task) { running_.erase(task); }

    // May one more start? Always when none is running. While the first of a plan has not told its size, none may.
    bool is_open() const;
    // Is it the want of memory that keeps it closed, and not a size that will be known in a moment?
    bool is_short() const;
    std::uint64_t needed() const;  // by one more; 0 before any has told its size

private:
    // What the running ones may still take, as the machine counts only what they have.
    std::uint64_t promised() const;
    bool has_room() const;

    Available available_;
    std::map<std::size_t, std::optional<ResidentMemory>> running_;
    std::uint64_t largest_ = 0;
};

}  // namespace dsqbench
