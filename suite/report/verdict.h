// An attribution in words.
#pragma once

#include <optional>
#include <string>

#include "suite/report/study.h"

namespace dsqbench {

struct VerdictInputs {
    std::size_t seeds = 0;
    Estimate algorithm, recipe, joint_gain;  // of the two groups, points
    double equivalence_p_value = 1;          // of the algorithm's value lying within the margin
    double margin = 0;
    std::size_t cells = 2;  // of the design
};

struct Verdict {
    // "algorithm helps", "recipe helps", "depends on the recipe", "equivalent within 0.2", "underpowered: 4 more seeds
    // needed"; "algorithm hurts" where it does and the recipe does not help either.
    std::string headline;
    std::string reason;  // a sentence with the numbers
};

// The first that applies:
// 1. fewer than two seeds                                             underpowered
// 2. the joint gain is significant and at least half the algorithm's  depends on the recipe
//    value: one share for all recipes would mislead
// 3. the algorithm's interval lies above zero                         algorithm helps
// 4. its value is proved to lie within the margin, or its interval
//    lies below zero                                                  recipe helps, where the recipe's interval lies
//    above
//                                                                     zero; else equivalent, or algorithm hurts
// 5. else                                                             underpowered, and how many seeds would tell
Verdict judge(const VerdictInputs& inputs);

}  // namespace dsqbench
