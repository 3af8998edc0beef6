#include "suite/report/contrast.h"

#include <bit>
#include <cmath>
#include <stdexcept>

namespace dsqbench {

namespace {

Contrast none(std::size_t factors) {
    return Contrast(full_factorial(factors).size(), 0.0);
}

void add(Contrast& to, const Contrast& from, double weight) {
    for (std::size_t cell = 0; cell < to.size(); ++cell) to[cell] += weight * from[cell];
}

// |S|! (n - |S| - 1)! / n!
double shapley_weight(std::size_t players, std::size_t before) {
    return std::exp(std::lgamma(static_cast<double>(before) + 1) + std::lgamma(static_cast<double>(players - before)) -
                    std::lgamma(static_cast<double>(players) + 1));
}

Cell union_of(const std::vector<Cell>& sets, Cell chosen) {
    Cell all = 0;
    for (std::size_t i = 0; i < sets.size(); ++i)
        if (chosen >> i & 1u) all |= sets[i];
    return all;
}

// Calls visit(S, weight) for every set S of the players but `player`.
template <class Visit>
void for_each_order(const std::vector<Cell>& players, std::size_t player, Visit visit) {
    for (Cell chosen = 0; chosen < Cell{1} << players.size(); ++chosen) {
        if (chosen >> player & 1u) continue;
        visit(union_of(players, chosen),
              shapley_weight(players.size(), static_cast<std::size_t>(std::popcount(chosen))));
    }
}

std::vector<Cell> singles(Cell set) {
    std::vector<Cell> each;
    for (Cell bit = 1; bit != 0 && bit <= set; bit <<= 1)
        if (set & bit) each.push_back(bit);
    return each;
}

std::size_t index_of(const std::vector<Cell>& sets, Cell member) {
    for (std::size_t i = 0; i < sets.size(); ++i)
        if (sets[i] & member) return i;
    throw std::logic_error("a factor is in no group");
}

// +1 or -1: the product of the factors of `effect` in `cell`.
int sign_of(Cell effect, Cell cell) {
    return std::popcount(effect & ~cell) % 2 == 0 ? 1 : -1;
}

// Sum over the effects of at most two factors of the product of their signs in both cells.
int common_signs(std::size_t factors, Cell a, Cell b) {
    int sum = 1;
    for (std::size_t i = 0; i < factors; ++i) {
        const Cell one = Cell{1} << i;
        sum += sign_of(one, a) * sign_of(one, b);
        for (std::size_t j = i + 1; j < factors; ++j) {
            const Cell two = one | Cell{1} << j;
            sum += sign_of(two, a) * sign_of(two, b);
        }
    }
    return sum;
}

}  // namespace

Contrast marginal(std::size_t factors, Cell before, Cell players) {
    Contrast contrast = none(factors);
    contrast.at(before | players) += 1;
    contrast.at(before) -= 1;
    return contrast;
}

Contrast total_gain(std::size_t factors) {
    return marginal(factors, 0, (Cell{1} << factors) - 1);
}

Contrast shapley_value(std::size_t factors, std::size_t factor) {
    const auto players = singles((Cell{1} << factors) - 1);
    return group_value(factors, players, factor);
}

Contrast group_value(std::size_t factors, const std::vector<Cell>& groups, std::size_t group) {
    Contrast value = none(factors);
    for_each_order(groups, group, [&](Cell before, double weight) {
        add(value, marginal(factors, before, groups.at(group)), weight);
    });
    return value;
}

Contrast owen_value(std::size_t factors, const std::vector<Cell>& groups, std::size_t factor) {
    const Cell player = Cell{1} << factor;
    const std::size_t own = index_of(groups, player);
    const auto members = singles(groups[own]);
    Contrast value = none(factors);
    for_each_order(groups, own, [&](Cell other_groups, double group_weight) {
        for_each_order(members, index_of(members, player), [&](Cell before, double weight) {
            add(value, marginal(factors, other_groups | before, player), group_weight * weight);
        });
    });
    return value;
}

Contrast joint_gain(std::size_t factors, Cell a, Cell b) {
    Contrast contrast = marginal(factors, a, b);
    add(contrast, marginal(factors, 0, b), -1);
    return contrast;
}

Contrast mean_joint_gain(std::size_t factors, std::size_t a, std::size_t b) {
    Contrast contrast = factorial_effect(factors, Cell{1} << a | Cell{1} << b);
    for (double& weight : contrast) weight *= 4;
    return contrast;
}

Contrast factorial_effect(std::size_t factors, Cell effect) {
    Contrast contrast = none(factors);
    for (Cell cell = 0; cell < contrast.size(); ++cell) {
        const bool negative = std::popcount(effect & ~cell) % 2 == 1;
        contrast[cell] = (negative ? -1.0 : 1.0) / static_cast<double>(contrast.size());
    }
    return contrast;
}

std::vector<double> weights_on(const Contrast& contrast, std::size_t factors, const std::vector<Cell>& cells) {
    if (contrast.size() != std::size_t{1} << factors) throw std::logic_error("a contrast of another design");
    if (cells.size() == contrast.size()) return contrast;
    std::vector<double> weights(cells.size(), 0.0);
    for (std::size_t i = 0; i < cells.size(); ++i)
        for (Cell cell = 0; cell < contrast.size(); ++cell)
            if (contrast[cell] != 0)
                weights[i] +=
                    contrast[cell] * common_signs(factors, cell, cells[i]) / static_cast<double>(cells.size());
    return weights;
}

}  // namespace dsqbench
