#include "suite/launch/memory_gate.h"

#include <algorithm>

namespace dsqbench {

namespace {

// For the machine's other processes, and for an evaluation that needs a little more than the steps before it.
constexpr double reserve = 1.1;
// A task of unknown size may be larger than all before it: contenders follow an FP32 pre-training of a fraction of
// their size. A generous guess, which never matters to small runs and holds for the seconds before a first step alone.
constexpr std::uint64_t largest_growth = 4;

}  // namespace

void MemoryGate::reported(std::size_t task, const ResidentMemory& memory) {
    largest_ = std::max(largest_, memory.peak);
    running_[task] = memory;
}

std::uint64_t MemoryGate::needed() const {
    return static_cast<std::uint64_t>(static_cast<double>(largest_) * reserve);
}

std::uint64_t MemoryGate::promised() const {
    std::uint64_t sum = 0;
    for (const auto& [task, memory] : running_)
        sum += memory ? largest_ - std::min(largest_, memory->now) : largest_growth * largest_;
    return sum;
}

bool MemoryGate::has_room() const {
    const auto available = available_();
    return !available || *available >= promised() + needed();
}

bool MemoryGate::is_open() const {
    if (!available_ || running_.empty()) return true;
    return largest_ > 0 && has_room();
}

bool MemoryGate::is_short() const {
    const bool all_told =
        std::all_of(running_.begin(), running_.end(), [](const auto& task) { return task.second.has_value(); });
    return all_told && !is_open();
}

}  // namespace dsqbench
