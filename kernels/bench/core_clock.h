// The core's true clock. The time-stamp counter ticks at a rate of its own (2.445 GHz on an EPYC Milan that runs at
// 3.244 GHz), so cycles are never made from it.
#pragma once

namespace dsqbench {

// GHz, from a chain of additions that each wait for the one before: one a cycle on every core that this builds for.
// The fastest of several short chains, as anything else on the core only slows them. 0 where no chain is known for the
// architecture.
double core_gigahertz();

}  // namespace dsqbench
