// Memory that this process takes, and what the machine has left for others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace dsqbench {

struct ResidentMemory {
    std::uint64_t now = 0, peak = 0;  // bytes
};

// Of this process; zeros where the system does not say. `root` stands for "/", as everywhere here: for tests.
ResidentMemory resident_memory(const std::filesystem::path& root = "/");

// Bytes that new processes can take without swapping and without being killed: what the kernel calls available, or less
// where a control group that this process is in has a limit. Files that the kernel only caches do not count as taken.
// nullopt where the system does not say.
std::optional<std::uint64_t> available_memory(const std::filesystem::path& root = "/");

}  // namespace dsqbench
