// The list of sub-commands; main.cpp defines it.
#pragma once

#include <vector>

#include "suite/cli/verb.h"

namespace dsqbench {

extern const Verb run_verb, worker_verb;
extern const Verb data_verb;
extern const Verb compare_verb;
extern const Verb ls_verb, show_verb, validate_verb;
extern const Verb doctor_verb, completion_verb;

// In the order of the help.
const std::vector<const Verb*>& verbs();

}  // namespace dsqbench
