#include "suite/report/anova.h"

#include <algorithm>
#include <bit>
#include <boost/math/distributions/fisher_f.hpp>

namespace dsqbench {

namespace {

double square(double x) {
    return x * x;
}

std::vector<Cell> effects_of(const Study& study) {
    std::vector<Cell> effects = full_factorial(study.factors());
    effects.erase(effects.begin());  // the grand mean
    std::stable_sort(effects.begin(), effects.end(),
                     [](Cell a, Cell b) { return std::popcount(a) < std::popcount(b); });
    if (!study.data().is_full())
        effects.erase(std::remove_if(effects.begin(), effects.end(), [](Cell e) { return std::popcount(e) > 2; }),
                      effects.end());
    return effects;
}

double upper_tail(double f, double above, double below) {
    return boost::math::cdf(complement(boost::math::fisher_f(above, below), f));
}

double total_of(const Factorial& data) {
    std::vector<double> all;
    for (const auto& values : data.values) all.insert(all.end(), values.begin(), values.end());
    const double centre = mean(all);
    double sum = 0;
    for (const double value : all) sum += square(value - centre);
    return sum;
}

double blocks_of(const Factorial& data) {
    std::vector<double> means(data.seeds(), 0.0);
    for (const auto& values : data.values)
        for (std::size_t seed = 0; seed < values.size(); ++seed)
            means[seed] += values[seed] / static_cast<double>(data.cells.size());
    const double centre = mean(means);
    double sum = 0;
    for (const double value : means) sum += static_cast<double>(data.cells.size()) * square(value - centre);
    return sum;
}

void test_additivity(Anova& anova) {
    double sum = 0, count = 0;
    for (const auto& line : anova.lines)
        if (std::popcount(line.effect) > 1) {
            sum += line.sum_of_squares;
            count += 1;
        }
    if (count == 0 || anova.mean_square_error <= 0) return;
    anova.additivity_f = sum / count / anova.mean_square_error;
    anova.additivity_p_value = upper_tail(*anova.additivity_f, count, anova.error_degrees_of_freedom);
}

}  // namespace

Anova analyse_variance(const Study& study) {
    Anova anova;
    anova.mean_square_error = study.mean_square_error();
    anova.error_degrees_of_freedom = study.degrees_of_freedom(ErrorModel::pooled);
    anova.error_sum_of_squares = anova.mean_square_error * anova.error_degrees_of_freedom;
    anova.block_sum_of_squares = blocks_of(study.data());
    anova.total_sum_of_squares = total_of(study.data());
    const auto runs = static_cast<double>(study.seeds() * study.data().cells.size());
    for (const Cell effect : effects_of(study)) {
        AnovaLine line;
        line.effect = effect;
        line.beta = study.estimate(factorial_effect(study.factors(), effect), ErrorModel::pooled).value;
        line.sum_of_squares = runs * square(line.beta);
        if (anova.total_sum_of_squares > 0) {
            line.eta_squared = line.sum_of_squares / anova.total_sum_of_squares;
            line.omega_squared = (line.sum_of_squares - anova.mean_square_error) /
                                 (anova.total_sum_of_squares + anova.mean_square_error);
        }
        if (anova.mean_square_error > 0) {
            line.f = line.sum_of_squares / anova.mean_square_error;
            line.p_value = upper_tail(*line.f, 1, anova.error_degrees_of_freedom);
        }
        anova.lines.push_back(line);
    }
    test_additivity(anova);
    return anova;
}

}  // namespace dsqbench
