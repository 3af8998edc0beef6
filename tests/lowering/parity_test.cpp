// Parity fails where a network was changed, and names the layer.
#include "suite/lowering/parity.h"

#include <gtest/gtest.h>

#include "suite/data/loader.h"
#include "suite/deploy/lower.h"
#include "suite/lowering/run_graph.h"
#include "suite/training/calibration.h"
#include "suite/training/setup.h"

namespace dsqbench {
namespace {

// An untrained network on synthetic images: its batch norms have the identity's statistics, its ranges are calibrated.
FinishedRun sample_run(const std::string& weight, const std::string& activation) {
    FinishedRun run;
    run.recipe.set("data.name", "synthetic", "test");
    run.recipe.set("data.synthetic_size", 16, "test");
    run.recipe.set("data.synthetic_test_images", 150, "test");
    run.recipe.set("model.name", "resnet8", "test");
    run.recipe.set("model.width", 8, "test");
    run.recipe.set("quantization.weight", weight, "test");
    run.recipe.set("quantization.activation", activation, "test");
    run.recipe.set("quantization.weight_bits", 2, "test");
    run.recipe.set("quantization.activation_bits", 2, "test");
    run.data = open_splits(data_request(run.recipe, {}));
    run.network = make_network("resnet8", model_settings(run.recipe, *run.data.train_source), 1);
    LoaderOptions options;
    options.augmentation.mean = run.data.mean;
    options.augmentation.standard_deviation = run.data.standard_deviation;
    options.order = LoaderOptions::Order::sequential;
    Loader loader(run.data.train_source, run.data.train, options);
    loader.start(0);
    calibrate(*run.network, loader.next()->images);
    run.network->eval();
    run.row = {{"label", weight}, {"weight_bits", 2}, {"activation_bits", 2}};
    run.weights_sha256 = "none";
    return run;
}

TEST(Parity, holds_for_grids_of_every_kind) {
    for (const auto& [weight, activation] :
         {std::pair{"ste", "ste"}, std::pair{"dorefa", "dorefa"}, std::pair{"dsq", "dsq"}, std::pair{"lsq", "lsq"}}) {
        FinishedRun run = sample_run(weight, activation);
        const Parity parity = check_parity(run, deploy::lower(graph_of(run)), {});
        EXPECT_EQ(parity.failure, "") << weight;
        EXPECT_EQ(parity.images, 150);
        EXPECT_GE(parity.equal, 149) << weight;
        EXPECT_LE(parity.deviations.size(), 64U) << weight;
    }
}

// Behind the last quantizer there are no codes that could differ.
TEST(Parity, fails_where_the_classifier_was_changed_by_less_than_any_prediction_shows) {
    FinishedRun run = sample_run("lsq", "lsq");
    deploy::Network network = deploy::lower(graph_of(run));
    auto& classifier = std::get<deploy::IntegerConvolution>(network.steps.back().operation);
    float largest = 0;
    auto& real = std::get<RealNumbers>(classifier.problem.epilogue);
    for (const float scale : real.scale) largest = std::max(largest, std::abs(scale));
    // The same for every class.
    for (float& bias : real.bias) bias += 10 * largest;
    const Parity parity = check_parity(run, network, {});
    EXPECT_EQ(parity.equal, 150);
    EXPECT_NE(parity.failure, "");
    EXPECT_EQ(parity.failed_layer, network.steps.back().name);
}

TEST(Parity, fails_where_evaluation_does_not_come_to_the_runs_own_accuracy) {
    FinishedRun run = sample_run("lsq", "lsq");
    const deploy::Network network = deploy::lower(graph_of(run));
    run.row["top1"] = check_parity(run, network, {}).reference_top1;
    EXPECT_EQ(check_parity(run, network, {}).failure, "");
    run.row["top1"] = run.row["top1"].get<double>() + 1;
    EXPECT_NE(check_parity(run, network, {}).failure.find("run's row"), std::string::npos);
    EXPECT_EQ(check_parity(run, network, {}, 100).failure, "") << "of a part it may be another";
}

deploy::IntegerConvolution& convolution_named(deploy::Network& network, const std::string& name) {
    for (deploy::Step& step : network.steps)
        if (step.name == name) return std::get<deploy::IntegerConvolution>(step.operation);
    throw std::logic_error("no layer " + name);
}

TEST(Parity, fails_where_thresholds_were_moved_and_names_the_layer) {
    FinishedRun run = sample_run("dorefa", "dorefa");
    deploy::Network network = deploy::lower(graph_of(run));
    auto& epilogue = convolution_named(network, "layer2.0.conv1").problem.epilogue;
    for (std::int32_t& level : std::get<Thresholds>(epilogue).levels) level += 9;
    const Parity parity = check_parity(run, network, {});
    EXPECT_NE(parity.failure, "");
    EXPECT_EQ(parity.failed_layer, "layer2.0.conv1");
}

TEST(Parity, fails_where_a_bias_was_changed_and_names_the_layer) {
    FinishedRun run = sample_run("dsq", "dsq");
    deploy::Network network = deploy::lower(graph_of(run));
    for (float& bias : std::get<RealNumbers>(convolution_named(network, "layer1.0.conv2").problem.epilogue).bias)
        bias += 0.4F;
    const Parity parity = check_parity(run, network, {});
    EXPECT_NE(parity.failure, "");
    EXPECT_EQ(parity.failed_layer, "layer1.0.conv2");
}

}  // namespace
}  // namespace dsqbench
