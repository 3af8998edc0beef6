// Everything that a run needs to go on to the bit as if it had never stopped.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "suite/training/process_group.h"

namespace dsqbench {

// Named groups of tensors ("network", "optimizer", "tricks.ema", "statistics") and a JSON of counters.
struct Checkpoint {
    std::map<std::string, std::map<std::string, at::Tensor>> groups;
    nlohmann::json counters;
};

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// nullopt when there is no file. Throws Error(data) when it is damaged.
std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path);

// Rank 0's checkpoint, or its absence, to all ranks.
void share_checkpoint(std::optional<Checkpoint>& checkpoint, const ProcessGroup& group);

}  // namespace dsqbench
