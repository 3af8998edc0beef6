// Every step of a lowered network computes what the graph says of its node, from the step's own inputs: real numbers to
// float rounding, codes exactly unless the value lies within float rounding of a threshold.
#include "suite/deploy/lower.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "kernels/api/layout.h"
#include "suite/core/random.h"
#include "suite/deploy/executor.h"
#include "suite/deploy/random_graph.h"
#include "tests/deploy/node_reference.h"
#include "tests/refusal.h"

namespace dsqbench::deploy {
namespace {

using testing::Values;

std::vector<std::uint8_t> random_images(const ImageSize& image, int count, std::uint64_t seed) {
    Random random(seed);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count * image.channels * image.height * image.width));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    return bytes;
}

class StepCheck {
public:
    explicit StepCheck(const Graph& graph) : graph_(graph), network_(lower(graph)), sizes_(node_sizes(graph)) {
        for (const Step& step : network_.steps) steps_[step.name] = &step;
    }

    void run(std::uint64_t seed) {
        ExecutorOptions options;
        options.reuse = Reuse::no;
        Executor executor(network_, options);
        const auto images = random_images(graph_.image, 1, seed);
        executor.run(images.data());
        executor_ = &executor;
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            SCOPED_TRACE(graph_.nodes[i].name);
            check(i);
            if (::testing::Test::HasFatalFailure()) return;
        }
    }

    std::size_t decided_codes() const { return decided_; }
    const Network& network() const { return network_; }

private:
    Values codes_of(int tensor) const {
        const TensorType& type = network_.tensors[static_cast<std::size_t>(tensor)];
        const auto bytes = executor_->tensor(tensor);
        const auto codes =
            unpack_codes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, type.channels, type.bits);
        return Values(codes.begin(), codes.end());
    }

    Values reals_of(int tensor) const {
        const auto bytes = executor_->tensor(tensor);
        std::vector<float> values(bytes.size() / sizeof(float));
        std::memcpy(values.data(), bytes.data(), bytes.size());
        return Values(values.begin(), values.end());
    }

    NodeSize size_of(int node) const {
        return node < 0 ? NodeSize{graph_.image.height, graph_.image.width, graph_.image.channels}
                        : sizes_[static_cast<std::size_t>(node)];
    }

    void check(std::size_t index) {
        const Node& node = graph_.nodes[index];
        const Step& step = *steps_.at(node.name);
        if (const auto* layer = std::get_if<Layer>(&node.operation)) {
            Values in = layer->input ? codes_of(step.input) : reals_of(step.input);
            if (layer->input)
                for (double& value : in) value = static_cast<double>(value_on(*layer->input, static_cast<int>(value)));
            const Values shortcut = layer->shortcut ? reals_of(*step.shortcut) : Values{};
            return expect(index, step, testing::reference(*layer, in, shortcut));
        }
        const Values in = reals_of(step.input);
        if (const auto* pool = std::get_if<MaxPool>(&node.operation))
            return expect(index, step,
                          testing::reference(*pool, size_of(node.input), size_of(static_cast<int>(index)), in));
        expect(index, step, testing::reference(MeanPool{}, size_of(node.input), in));
    }

    // All tensors that hold the node's values.
    void expect(std::size_t index, const Step& step, const Values& values) {
        double largest = 0;
        for (const double value : values) largest = std::max(largest, std::abs(value));
        tolerance_ = 1e-5 * largest;
        const TensorType* out = step.output ? &network_.tensors[static_cast<std::size_t>(*step.output)] : nullptr;
        if (out != nullptr && out->is_real()) expect_reals(reals_of(*step.output), values);
        for (const Node& reader : graph_.nodes) {
            const auto* layer = std::get_if<Layer>(&reader.operation);
            if (layer == nullptr || !layer->input || reader.input != static_cast<int>(index)) continue;
            expect_codes(codes_of(steps_.at(reader.name)->input), values, *layer->input);
        }
    }

    void expect_reals(const Values& found, const Values& values) const {
        ASSERT_EQ(found.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i) ASSERT_NEAR(found[i], values[i], tolerance_) << "element " << i;
    }

    void expect_codes(const Values& found, const Values& values, const RealGrid& grid) {
        ASSERT_EQ(found.size(), values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double lower = code_on(grid, static_cast<float>(values[i] - tolerance_));
            const double upper = code_on(grid, static_cast<float>(values[i] + tolerance_));
            ASSERT_TRUE(lower <= found[i] && found[i] <= upper)
                << "element " << i << ": code " << found[i] << ", value " << values[i];
            decided_ += lower == upper;
        }
    }

    Graph graph_;
    Network network_;
    std::vector<NodeSize> sizes_;
    std::map<std::string, const Step*> steps_;
    const Executor* executor_ = nullptr;
    double tolerance_ = 0;
    std::size_t decided_ = 0;
};

RandomGraphOptions tiny(GridKind grids, int weight_bits, int activation_bits, std::uint64_t seed) {
    RandomGraphOptions options;
    options.shapes = "tiny";
    options.grids = grids;
    options.weight_bits = weight_bits;
    options.activation_bits = activation_bits;
    options.seed = seed;
    return options;
}

TEST(Lowering, keeps_every_node_for_every_grid_and_width) {
    for (const GridKind grids : {GridKind::symmetric, GridKind::half_step, GridKind::affine})
        for (const int weights : {1, 2, 3, 4, 8})
            for (const int activations : {1, 2, 3, 4, 8}) {
                SCOPED_TRACE("grid " + std::to_string(static_cast<int>(grids)) + " W" + std::to_string(weights) + "A" +
                             std::to_string(activations));
                StepCheck check(random_graph(tiny(grids, weights, activations, 3)));
                check.run(5);
                if (HasFatalFailure()) return;
                EXPECT_GT(check.decided_codes(), 1000U);
            }
}

TEST(Lowering, keeps_layers_that_stay_in_float) {
    RandomGraphOptions options = tiny(GridKind::affine, 2, 2, 1);
    options.edges = EdgeLayers::real;
    StepCheck(random_graph(options)).run(2);
}

TEST(Lowering, keeps_layers_of_quantized_weights_on_real_inputs) {
    Graph graph = random_graph(tiny(GridKind::affine, 2, 2, 1));
    for (Node& node : graph.nodes)
        if (auto* layer = std::get_if<Layer>(&node.operation)) layer->input.reset();
    StepCheck(graph).run(2);
}

TEST(Lowering, folds_into_thresholds_where_the_grids_are_symmetric) {
    const StepCheck check(random_graph(tiny(GridKind::half_step, 2, 2, 1)));
    int folded = 0;
    for (const Step& step : check.network().steps)
        if (const auto* convolution = std::get_if<IntegerConvolution>(&step.operation))
            folded += std::holds_alternative<Thresholds>(convolution->problem.epilogue);
    EXPECT_EQ(folded, 2);  // the first layer of each block
}

TEST(Lowering, quantizes_a_value_once_for_readers_of_one_grid) {
    Graph graph = random_graph(tiny(GridKind::symmetric, 2, 2, 1));
    const auto codes_of_stem = [&] {
        std::set<int> tensors;
        for (const Step& step : lower(graph).steps)
            if (step.name == "layer2.0.conv1" || step.name == "layer2.0.downsample.0") tensors.insert(step.input);
        return tensors.size();
    };
    for (Node& node : graph.nodes)
        if (node.name == "layer2.0.conv1") std::get<Layer>(node.operation).input->step *= 2.0F;
    EXPECT_EQ(codes_of_stem(), 2U);
    for (Node& node : graph.nodes)
        if (node.name == "layer2.0.conv1") std::get<Layer>(node.operation).input->step /= 2.0F;
    EXPECT_EQ(codes_of_stem(), 1U);
}

TEST(Lowering, refuses_numbers_that_are_not_finite_and_names_the_layer) {
    Graph graph = random_graph(tiny(GridKind::symmetric, 2, 2, 1));
    std::get<Layer>(graph.nodes[3].operation).scale[0] = std::nanf("");
    const Error error = refusal_of([&] { lower(graph); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_EQ(error.place(), graph.nodes[3].name);
}

TEST(Lowering, refuses_grids_without_a_positive_step_and_names_the_layer) {
    for (const float step : {0.0F, -1.0F, 1e-45F}) {
        Graph graph = random_graph(tiny(GridKind::symmetric, 2, 2, 1));
        std::get<Layer>(graph.nodes[2].operation).input->step = step;
        const Error error = refusal_of([&] { lower(graph); });
        EXPECT_EQ(error.code(), ExitCode::data) << step;
        EXPECT_EQ(error.place(), graph.nodes[2].name);
    }
}

TEST(Grid, codes_are_within_their_range_for_whatever_value) {
    const RealGrid grid{2, -1.0F, 0.5F};
    EXPECT_EQ(code_on(grid, -1e30F), 0);
    EXPECT_EQ(code_on(grid, 1e30F), 3);
    EXPECT_EQ(code_on(grid, std::numeric_limits<float>::infinity()), 3);
    EXPECT_EQ(code_on(grid, std::nanf("")), 0);
    EXPECT_EQ(code_on(grid, -0.75F), 0) << "ties to even";
    EXPECT_EQ(code_on(grid, -0.25F), 2) << "ties to even";
}

}  // namespace
}  // namespace dsqbench::deploy
