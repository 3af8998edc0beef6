#include "suite/record/run_statistic.h"

#include <gtest/gtest.h>

#include "suite/core/error.h"

namespace dsqbench {
namespace {

nlohmann::json epoch_of(const std::vector<double>& alphas) {
    nlohmann::json layers = nlohmann::json::array();
    for (std::size_t i = 0; i < alphas.size(); ++i)
        layers.push_back({{"layer", i == 0 ? "layer2.0.downsample.0" : "layer1.0.conv" + std::to_string(i)},
                          {"weight",
                           {{"alpha", alphas[i]},
                            {"surrogate_error", 0.5},
                            {"clipping_error", 0.1},
                            {"rounding_error", 0.9},
                            {"outlier_gradient_share", 0.1 * static_cast<double>(i)}}},
                          {"activation", {{"alpha", nlohmann::json::array({0.4, 0.5})}}}});
    return {{"event", "epoch"}, {"layers", layers}};
}

TEST(RunStatistic, reads_the_layers_of_each_epoch) {
    const std::vector<nlohmann::json> metrics{epoch_of({0.2, 0.2, 0.2}), epoch_of({0.3, 0.3, 0.1}),
                                              epoch_of({0.1, 0.2, 0.25})};
    EXPECT_DOUBLE_EQ(*run_statistic("soft_error_ratio", metrics).value, 0.5);
    EXPECT_NEAR(*run_statistic("alpha_weights_minus_activations", metrics).value, 0.55 / 3 - 0.45, 1e-12);
    EXPECT_NEAR(*run_statistic("alpha_shortcuts_minus_others", metrics).value,
                (0.1 + 0.45) / 2 - (0.2 + 0.25 + 0.9) / 4, 1e-12);
    EXPECT_EQ(run_statistics(metrics).at("soft_error_ratio"), 0.5);
}

double humps_of(const std::vector<double>& alphas) {
    std::vector<nlohmann::json> metrics;
    for (const double alpha : alphas)
        metrics.push_back(
            {{"event", "epoch"},
             {"layers", {{{"layer", "conv1"}, {"weight", {{"alpha", alpha}}}, {"activation", {{"x", 1}}}}}}});
    return *run_statistic("alpha_hump_share", metrics).value;
}

TEST(RunStatistic, a_hump_is_early_and_no_noise) {
    EXPECT_EQ(humps_of({0.3, 0.25, 0.2, 0.15}), 1);
    EXPECT_EQ(humps_of({0.25, 0.1}), 1) << "from 0.2 up, then down";
    EXPECT_EQ(humps_of({0.19, 0.18, 0.17, 0.16}), 0) << "only falls";
    EXPECT_EQ(humps_of({0.25, 0.3, 0.35, 0.4}), 0) << "only rises";
    EXPECT_EQ(humps_of({0.2, 0.25, 0.3, 0.2}), 0) << "rises late";
    EXPECT_EQ(humps_of({0.201, 0.202, 0.2, 0.19}), 0) << "rises by 1 %";
    EXPECT_EQ(humps_of({0.3, 0.301, 0.3, 0.299}), 0) << "falls by 1 %";
}

TEST(RunStatistic, says_what_the_run_did_not_record) {
    for (const auto& name : run_statistic_names()) {
        EXPECT_FALSE(run_statistic(name, {}).value) << name;
        EXPECT_FALSE(run_statistic(name, {{{"event", "epoch"}, {"layers", nullptr}}}).missing.empty()) << name;
    }
    EXPECT_THROW(run_statistic("alpha_hump", {}), Error);
    EXPECT_EQ(run_statistics({}), nlohmann::json::object());
}

}  // namespace
}  // namespace dsqbench
