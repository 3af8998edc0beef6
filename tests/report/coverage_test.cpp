// Simulated studies of known truth: do 95 % intervals cover it in 93 to 97 % of 2,000 studies? (Two standard errors of
// such a share are 1 %.) The seeds are fixed.
#include <gtest/gtest.h>

#include "suite/core/random.h"
#include "suite/report/share.h"
#include "suite/report/significance.h"

namespace dsqbench {
namespace {

constexpr int studies = 2000;

struct Truth {
    std::size_t factors;
    std::size_t seeds;
    double spread_of_old = 0.3, spread_of_new = 0.3;  // of runs with factor 0 old and new, points
};

// Main effects 0.4, 0.8, 1.2, ..., and 0.5 more when factors 0 and 1 are both new: factor 0 is worth 0.65 points.
double true_value(Cell cell, std::size_t factors) {
    double value = 85;
    for (std::size_t factor = 0; factor < factors; ++factor)
        if (cell >> factor & 1u) value += 0.4 * static_cast<double>(factor + 1);
    return value + ((cell & 3u) == 3u ? 0.5 : 0);
}
constexpr double true_shapley_value = 0.4 + 0.25;
double true_gain(std::size_t factors) {
    return true_value((Cell{1} << factors) - 1, factors) - true_value(0, factors);
}

Study simulated(const Truth& truth, std::uint64_t number) {
    Random random(derive_seed(number, "coverage"));
    Factorial data{truth.factors, full_factorial(truth.factors), {}};
    std::vector<double> of_seed;
    for (std::size_t seed = 0; seed < truth.seeds; ++seed) of_seed.push_back(0.2 * random.normal());
    for (const Cell cell : data.cells) {
        data.values.emplace_back();
        const double spread = cell & 1u ? truth.spread_of_new : truth.spread_of_old;
        for (const double shift : of_seed)
            data.values.back().push_back(true_value(cell, truth.factors) + shift + spread * random.normal());
    }
    return Study(data);
}

bool holds(const std::optional<Interval>& interval, double truth) {
    return interval && interval->low <= truth && truth <= interval->high;
}

// Percent of the studies whose interval holds the truth.
template <class Holds>
double coverage(const Truth& truth, Holds holds_truth) {
    int covered = 0;
    for (int number = 0; number < studies; ++number)
        covered += holds_truth(simulated(truth, static_cast<std::uint64_t>(number))) ? 1 : 0;
    return 100.0 * covered / studies;
}

void expect_nominal(double percent) {
    EXPECT_GE(percent, 93);
    EXPECT_LE(percent, 97);
}

TEST(Coverage, of_shapley_values_by_seed) {
    expect_nominal(coverage({3, 6}, [](const Study& study) {
        return holds(study.estimate(shapley_value(3, 0), ErrorModel::by_seed).confidence, true_shapley_value);
    }));
}

TEST(Coverage, of_shapley_values_from_three_seeds_with_the_pooled_error) {
    expect_nominal(coverage({3, 3}, [](const Study& study) {
        return holds(study.estimate(shapley_value(3, 0), ErrorModel::pooled).confidence, true_shapley_value);
    }));
}

// Why the pooled error is not used when seeds suffice: a comparison among the calm cells borrows the wild ones' spread.
TEST(Coverage, of_a_marginal_among_unequal_spreads_is_nominal_by_seed_and_not_pooled) {
    const Truth unequal{3, 6, 1.2, 0.2};
    const Contrast question = marginal(3, 0b001, 0b100);  // factor 2 when factor 0 is new
    const auto cover = [&](ErrorModel model) {
        return coverage(unequal,
                        [&](const Study& study) { return holds(study.estimate(question, model).confidence, 1.2); });
    };
    expect_nominal(cover(ErrorModel::by_seed));
    EXPECT_GT(cover(ErrorModel::pooled), 99);
}

TEST(Coverage, of_owen_values) {
    const std::vector<Cell> groups{0b011, 0b100};
    expect_nominal(coverage({3, 6}, [&](const Study& study) {
        return holds(study.estimate(owen_value(3, groups, 0), ErrorModel::by_seed).confidence, true_shapley_value);
    }));
}

TEST(Coverage, of_pairwise_interactions) {
    expect_nominal(coverage({3, 6}, [](const Study& study) {
        return holds(study.estimate(mean_joint_gain(3, 0, 1), ErrorModel::by_seed).confidence, 0.5);
    }));
}

TEST(Coverage, of_shares_by_fieller) {
    expect_nominal(coverage({3, 6}, [](const Study& study) {
        const auto share = share_of(study, shapley_value(3, 0), total_gain(3), ErrorModel::by_seed);
        return share && holds(share->fieller, true_shapley_value / true_gain(3));
    }));
}

TEST(Coverage, of_shares_by_bootstrap) {
    expect_nominal(coverage({2, 10}, [](const Study& study) {
        const auto interval =
            bootstrap_ratio_interval(study.by_seed(shapley_value(2, 0)), study.by_seed(total_gain(2)), 0, 999);
        return holds(interval, true_shapley_value / true_gain(2));
    }));
}

// At the edge of the margin equivalence must be claimed in at most 5 % of the studies.
TEST(Coverage, equivalence_is_claimed_wrongly_in_one_of_twenty_studies) {
    const double wrong = coverage({2, 6}, [](const Study& study) {
        return equivalence_p_value(study.estimate(shapley_value(2, 0), ErrorModel::by_seed), true_shapley_value) < 0.05;
    });
    EXPECT_GE(wrong, 3);
    EXPECT_LE(wrong, 7);
}

// Sign flips are exact: at most 5 % of studies without an effect are significant, and 2 of the 32 patterns are always.
TEST(Coverage, sign_flips_find_nothing_in_nothing) {
    const double found = coverage({2, 6}, [](const Study& study) {
        auto values = study.by_seed(marginal(2, 0, 1));
        for (double& value : values) value -= 0.4;  // the true marginal
        return sign_flip_p_value(values) <= 0.05;
    });
    EXPECT_GE(found, 1.5);
    EXPECT_LE(found, 5.5);
}

TEST(Coverage, of_superiority) {
    expect_nominal(coverage({1, 12}, [](const Study& study) {
        // Values differ by 0.4 with a spread of 0.3 each: P = Phi(0.4 / (0.3 sqrt 2)) = 0.8271 (seeds in common aside).
        const Superiority found = superiority(study.data().values[1], study.data().values[0]);
        return found.confidence.low <= 0.8271 && 0.8271 <= found.confidence.high;
    }));
}

}  // namespace
}  // namespace dsqbench
