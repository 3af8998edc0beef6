#include "quantizers/autocast.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Autocast, is_on_within_its_region_and_off_after_it) {
    EXPECT_FALSE(is_autocast(at::kCPU));
    {
        const AutocastRegion region(at::kCPU, at::kBFloat16);
        EXPECT_TRUE(is_autocast(at::kCPU));
        EXPECT_FALSE(is_autocast(at::kCUDA));
        {
            const AutocastRegion none(at::kCPU, std::nullopt);
            EXPECT_FALSE(is_autocast(at::kCPU));
        }
        EXPECT_TRUE(is_autocast(at::kCPU));
    }
    EXPECT_FALSE(is_autocast(at::kCPU));
}

TEST(Autocast, computes_products_in_its_type_and_knows_only_cpu_and_cuda) {
    const at::Tensor a = at::ones({2, 3});
    {
        const AutocastRegion region(at::kCPU, at::kBFloat16);
        EXPECT_EQ(a.matmul(a.t()).scalar_type(), at::kBFloat16);
    }
    EXPECT_EQ(a.matmul(a.t()).scalar_type(), at::kFloat);
    EXPECT_FALSE(is_autocast(at::kMeta));
    EXPECT_THROW(AutocastRegion(at::kMeta, at::kBFloat16), c10::Error);
}

TEST(Autocast, does_not_keep_copies_of_parameters_beyond_the_region) {
    at::Tensor weight = at::ones({2, 3}).requires_grad_();
    const at::Tensor x = at::ones({1, 3});
    const auto product = [&] {
        const AutocastRegion region(at::kCPU, at::kBFloat16);
        return x.matmul(weight.t()).detach().to(at::kFloat);
    };
    EXPECT_TRUE(product().equal(at::full({1, 2}, 3.0F)));
    weight.detach().fill_(2);
    EXPECT_TRUE(product().equal(at::full({1, 2}, 6.0F)));
}

}  // namespace
}  // namespace dsqbench
