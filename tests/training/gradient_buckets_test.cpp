#include "suite/training/gradient_buckets.h"

#include "tests/training/two_ranks.h"

namespace dsqbench {
namespace {

using Group = std::shared_ptr<const ProcessGroup>;

std::vector<at::Tensor> parameters() {
    std::vector<at::Tensor> made;
    for (const std::int64_t size : {3, 1000, 1, 50})
        made.push_back(at::full({size}, static_cast<double>(size), at::kFloat).set_requires_grad(true));
    return made;
}

// Each rank's loss has slope 1 + rank for the first parameter, and 10 for the others; the last is not in it.
at::Tensor loss_of(const std::vector<at::Tensor>& x, int rank) {
    return (1 + rank) * x[0].sum() + 10 * x[1].sum() + 10 * x[2].sum();
}

class Buckets : public testing::TestWithParam<std::int64_t> {};

TEST_P(Buckets, give_every_rank_the_mean_gradient) {
    on_two_ranks([](const Group& group) {
        const auto x = parameters();
        GradientBuckets buckets(x, group, GetParam());
        for (int pass = 0; pass < 3; ++pass) {
            for (const auto& parameter : x)
                if (parameter.grad().defined()) parameter.grad().zero_();
            buckets.backward(loss_of(x, group->rank()));
            EXPECT_TRUE(x[0].grad().eq(1.5).all().item<bool>());
            EXPECT_TRUE(x[1].grad().eq(10).all().item<bool>());
            EXPECT_FALSE(x[3].grad().defined()) << "a parameter outside the loss stays without a gradient";
        }
    });
}

TEST_P(Buckets, leave_other_passes_alone) {
    on_two_ranks([](const Group& group) {
        const auto x = parameters();
        const GradientBuckets buckets(x, group, GetParam());
        if (group->rank() == 1) loss_of(x, 1).backward();  // on one rank only: a sum would never end
        if (group->rank() == 1) {
            EXPECT_TRUE(x[0].grad().eq(2).all().item<bool>());
        }
    });
}

// One parameter a bucket, some together, all together.
INSTANTIATE_TEST_SUITE_P(sizes, Buckets, testing::Values(1, 250, 1 << 20));

}  // namespace
}  // namespace dsqbench
