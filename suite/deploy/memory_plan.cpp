#include "suite/deploy/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace dsqbench::deploy {

namespace {

struct Life {
    std::size_t first = 0, last = 0;  // steps that write and that last read it
    std::size_t bytes = 0;

    bool overlaps(const Life& other) const { return first <= other.last && other.first <= last; }
};

std::vector<Life> lives(const Network& network, int batch, Reuse reuse) {
    std::vector<Life> found(network.tensors.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        found[i].bytes =
            (static_cast<std::size_t>(network.tensors[i].bytes()) * static_cast<std::size_t>(batch) + 63) / 64 * 64;
    const std::size_t end = network.steps.size();
    for (std::size_t i = 0; i < end; ++i) {
        const Step& step = network.steps[i];
        const auto read = [&](int tensor) { found[static_cast<std::size_t>(tensor)].last = i; };
        const auto write = [&](int tensor) { found[static_cast<std::size_t>(tensor)].first = i, read(tensor); };
        if (step.input >= 0) read(step.input);
        if (step.shortcut) read(*step.shortcut);
        if (step.output) write(*step.output);
        for (const int tensor : step.codes) write(tensor);
    }
    for (Life& life : found)
        if (reuse == Reuse::no) life.last = end;
    return found;
}

}  // namespace

MemoryPlan plan_memory(const Network& network, int batch, Reuse reuse) {
    const std::vector<Life> all = lives(network, batch, reuse);
    // The largest first, each at the lowest place that is free while it lives.
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return all[a].bytes > all[b].bytes; });
    MemoryPlan plan;
    plan.offsets.resize(all.size());
    std::vector<std::size_t> placed;  // by offset
    for (const std::size_t tensor : order) {
        std::size_t offset = 0;
        for (const std::size_t other : placed) {
            if (!all[tensor].overlaps(all[other])) continue;
            if (offset + all[tensor].bytes <= plan.offsets[other]) break;
            offset = std::max(offset, plan.offsets[other] + all[other].bytes);
        }
        plan.offsets[tensor] = offset;
        plan.bytes = std::max(plan.bytes, offset + all[tensor].bytes);
        placed.insert(std::upper_bound(placed.begin(), placed.end(), tensor,
                                       [&](auto a, auto b) { return plan.offsets[a] < plan.offsets[b]; }),
                      tensor);
    }
    return plan;
}

}  // namespace dsqbench::deploy
