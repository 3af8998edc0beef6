// What rows of kernels and of whole networks have in common: a timing, and whether they may be published.
#pragma once

#include <initializer_list>
#include <string>

#include "kernels/bench/interleave.h"
#include "suite/record/row.h"

namespace dsqbench {

// `gigahertz`: of the core; 0 where it is not known.
void add_timing(Row& row, const Timing& timing, double gigahertz);

// Why a row must not be published, "" where nothing is in its way.
std::string build_obstacle();                 // the program is no release build of a commit
std::string timing_obstacle(const Row& row);  // not timed, or with too few undisturbed samples

// The first of the obstacles that is not "" is the reason.
void add_publication(Row& row, std::initializer_list<std::string> obstacles);

}  // namespace dsqbench
