// The list of sub-commands; main.cpp defines it.
#pragma once

#include <vector>

#include "suite/cli/verb.h"

namespace dsqbench {

const std::vector<const Verb*>& verbs();

}  // namespace dsqbench
