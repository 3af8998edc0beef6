#include "suite/training/evaluation.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(EvaluationSum, counts_top1_and_top5_over_batches_of_different_size) {
    EvaluationSum sum;
    // Class 9 is best, then 8, ...: label 9 is a top-1 hit, 5 a top-5 hit, 4 a miss.
    const at::Tensor rising = at::arange(10, at::kFloat);
    sum.add(1.0, at::stack({rising, rising, rising}), at::tensor(std::vector<std::int64_t>{9, 5, 4}));
    sum.add(5.0, at::stack({rising}), at::tensor(std::vector<std::int64_t>{9}));
    const Evaluation mean = sum.mean();
    EXPECT_EQ(mean.images, 4);
    EXPECT_DOUBLE_EQ(mean.top1, 50);
    EXPECT_DOUBLE_EQ(mean.top5, 75);
    EXPECT_DOUBLE_EQ(mean.loss, 2);
}

TEST(EvaluationSum, takes_all_classes_as_top5_when_there_are_fewer) {
    EvaluationSum sum;
    sum.add(0.0, at::tensor(std::vector<float>{1, 0}).reshape({1, 2}), at::tensor(std::vector<std::int64_t>{1}));
    EXPECT_DOUBLE_EQ(sum.mean().top1, 0);
    EXPECT_DOUBLE_EQ(sum.mean().top5, 100);
}

}  // namespace
}  // namespace dsqbench
