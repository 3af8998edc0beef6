// The claims and what the stored rows say to them, for `reproduce` and `leaderboard`.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/record/row_line.h"
#include "suite/report/claim.h"

namespace dsqbench {

// Takes the store's rows one by one, and keeps those that a claim may be judged by.
class ClaimJudge {
public:
    // All claims of the recipes folder; with `names` only those. Throws Error(usage) for a name that no claim has.
    explicit ClaimJudge(const Session& session, const std::vector<std::string>& names = {});
    ClaimJudge(const ClaimJudge&) = delete;  // its evidence asks it for recipes
    ClaimJudge& operator=(const ClaimJudge&) = delete;

    void add(const RowLine& row);
    std::vector<JudgedClaim> verdicts() const;

private:
    std::filesystem::path recipes_folder_;
    std::vector<Claim> claims_;
    std::set<std::string> recipes_, kernels_;  // that they are about
    Evidence evidence_;
};

}  // namespace dsqbench
