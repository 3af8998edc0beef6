// What is asked of a factorial study, as weights on its cells: effects, marginals, Shapley and Owen values are all sums
// of weighted cell means, and so is the gain v(S) = mean(cell S) - mean(cell with no new factor).
#pragma once

#include <vector>

#include "suite/report/factorial.h"

namespace dsqbench {

// One weight for each of all 2^k cells, also when only a half of them was run.
using Contrast = std::vector<double>;

// v(N): all factors new against all old.
Contrast total_gain(std::size_t factors);

// v(S + players) - v(S): what the factors `players` add when `before` are new already.
Contrast marginal(std::size_t factors, Cell before, Cell players);

// The mean of a factor's marginals over all orders in which the factors can be introduced (Shapley 1953):
//     sum over S without j of |S|! (k - |S| - 1)! / k! (v(S + j) - v(S))
// Over all factors they sum to v(N).
Contrast shapley_value(std::size_t factors, std::size_t factor);

// The same for groups of factors that come in as a whole. `groups`: a partition of the factors.
Contrast group_value(std::size_t factors, const std::vector<Cell>& groups, std::size_t group);

// A factor's part of its group's value (Owen 1977): the mean of its marginals over the orders that keep groups
// together. Over a group they sum to group_value().
Contrast owen_value(std::size_t factors, const std::vector<Cell>& groups, std::size_t factor);

// How much more two groups of factors gain together than alone, all others being old: v(a + b) - v(a) - v(b).
Contrast joint_gain(std::size_t factors, Cell a, Cell b);

// The same for two factors, as the mean over all backgrounds of the others: 4 times their interaction effect.
Contrast mean_joint_gain(std::size_t factors, std::size_t a, std::size_t b);

// beta_T of the factors `T` in +-1 coding: 2^-k sum over cells of (product over T of +-1) mean(cell). The empty T is
// the grand mean.
Contrast factorial_effect(std::size_t factors, Cell effect);

// The same question asked of the cells that were run: of a half factorial, the others are those of the model of main
// effects and interactions of two factors.
std::vector<double> weights_on(const Contrast& contrast, std::size_t factors, const std::vector<Cell>& cells);

}  // namespace dsqbench
