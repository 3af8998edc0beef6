// The claims and what the stored rows say to them, for `reproduce` and `leaderboard`.
#pragma once

#include <vector>

#include "suite/cli/verb.h"
#include "suite/report/claim.h"

namespace dsqbench {

// All claims of the recipes folder, judged by the results folder; with `names` only those. Throws Error(usage) for a name
// that no claim has.
std::vector<JudgedClaim> judged_claims(const Session& session, const std::vector<std::string>& names = {});

}  // namespace dsqbench
