// The list of sub-commands; main.cpp defines it.
#pragma once

#include <vector>

#include "suite/cli/verb.h"

namespace dsqbench {

// Below the LibTorch line.
extern const Verb run_verb, submit_verb, inspect_verb, data_verb, worker_verb, element_verb;
extern const Verb ablate_verb, bench_verb, deploy_verb, leaderboard_verb, reproduce_verb, regressions_verb, export_verb,
    compare_verb, ls_verb, show_verb, validate_verb, doctor_verb, completion_verb;

// In the order of the help.
const std::vector<const Verb*>& verbs();

}  // namespace dsqbench
