// Is this machine, and this build, fit to measure on? A closed list of questions; each answer says what was found, and
// a warning says what to do about it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dsqbench {

enum class Fitness {
    ok,
    warning,
    unknown  // the system does not say
};

struct Finding {
    std::string subject;  // "governor"
    Fitness fitness = Fitness::ok;
    std::string found;   // "powersave on 4 of 4 cores"
    std::string advice;  // "" unless it is a warning
};

std::string name_of(Fitness fitness);

// Governor, turbo, SMT, CPU quota, load, hypervisor, free memory, instruction sets: from the files of /proc and /sys
// below `root`, which is "/" but in tests.
std::vector<Finding> machine_findings(const std::filesystem::path& root);

// Build type, sanitizers, uncommitted changes.
std::vector<Finding> build_findings();

// Free space where `folder` is or will be.
Finding disk_finding(const std::filesystem::path& folder);

}  // namespace dsqbench
