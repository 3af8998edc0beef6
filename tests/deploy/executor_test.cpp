// Integer execution is one function: no kernel, instruction set, number of threads, batch or plan of memory changes a
// bit.
#include "suite/deploy/executor.h"

#include <gtest/gtest.h>

#include "kernels/api/variant.h"
#include "suite/core/random.h"
#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench::deploy {
namespace {

constexpr int image_count = 4;

class Execution : public ::testing::TestWithParam<std::tuple<GridKind, int>> {
protected:
    Execution() {
        RandomGraphOptions options;
        options.shapes = "tiny";
        options.grids = std::get<0>(GetParam());
        options.weight_bits = options.activation_bits = std::get<1>(GetParam());
        network_ = lower(random_graph(options));
        Random random(7);
        images_.resize(image_count * image_bytes());
        for (std::uint8_t& byte : images_) byte = static_cast<std::uint8_t>(random.below(256));
    }

    std::size_t image_bytes() const {
        const ImageSize& image = network_.image;
        return static_cast<std::size_t>(image.channels * image.height * image.width);
    }

    std::vector<float> logits(ExecutorOptions options) const {
        Executor executor(network_, options);
        std::vector<float> all;
        for (int first = 0; first < image_count; first += options.batch) {
            const auto some = executor.run(images_.data() + static_cast<std::size_t>(first) * image_bytes());
            all.insert(all.end(), some.begin(), some.end());
        }
        return all;
    }

    std::vector<float> reference_logits() const {
        ExecutorOptions options;
        options.kernel = "reference/scalar";
        return logits(options);
    }

    Network network_;
    std::vector<std::uint8_t> images_;
};

TEST_P(Execution, is_the_same_on_every_kernel_that_takes_all_layers) {
    const auto expected = reference_logits();
    for (const char* kernel : {"portable/dot_product", "avx2/word_pairs", "neon/multiply_long"}) {
        bool exists = false;
        for (const KernelVariant& variant : kernel_variants())
            exists = exists || (variant.name == kernel && available_instruction_sets().contain(variant.needs));
        if (!exists) continue;
        ExecutorOptions options;
        options.kernel = kernel;
        EXPECT_EQ(logits(options), expected) << kernel;
    }
}

TEST_P(Execution, is_the_same_on_the_best_kernels_and_without_extensions) {
    const auto expected = reference_logits();
    EXPECT_EQ(logits({}), expected);
    ExecutorOptions baseline;
    baseline.allowed = InstructionSet::baseline;
    EXPECT_EQ(logits(baseline), expected);
}

TEST_P(Execution, is_the_same_for_every_batch_and_number_of_threads) {
    const auto expected = reference_logits();
    for (const int batch : {2, 4}) {
        ExecutorOptions options;
        options.batch = batch;
        options.threads = batch;
        EXPECT_EQ(logits(options), expected) << batch;
    }
}

TEST_P(Execution, is_the_same_whether_tensors_share_memory_or_not) {
    ExecutorOptions apart;
    apart.reuse = Reuse::no;
    EXPECT_EQ(logits(apart), logits({}));
    EXPECT_LT(Executor(network_, {}).activation_bytes(), Executor(network_, apart).activation_bytes());
}

TEST_P(Execution, depends_on_the_image) {
    const auto all = logits({});
    const auto classes = static_cast<std::size_t>(network_.classes());
    EXPECT_NE(std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(classes)),
              std::vector(all.begin() + static_cast<std::ptrdiff_t>(classes),
                          all.begin() + static_cast<std::ptrdiff_t>(2 * classes)));
}

INSTANTIATE_TEST_SUITE_P(AllGrids, Execution,
                         ::testing::Combine(::testing::Values(GridKind::symmetric, GridKind::half_step,
                                                              GridKind::affine),
                                            ::testing::Values(1, 2, 4, 8)));

TEST(Predictions, are_the_first_of_the_largest_logits) {
    const std::vector<float> logits{0, 2, 1, 3, 3, -1};
    EXPECT_EQ(predictions(logits, 3), (std::vector<int>{1, 0}));
}

}  // namespace
}  // namespace dsqbench::deploy
