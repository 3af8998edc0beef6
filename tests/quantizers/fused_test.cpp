#include "quantizers/fused.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "quantizers/staircase.h"
#include "quantizers/tanh_step.h"

namespace dsqbench {
namespace {

// Lengths around a vector of 8 lanes and around a block of 512 vectors.
const std::vector<std::int64_t> lengths{1, 7, 8, 9, 63, 4095, 4096, 4097, 20000};

at::Tensor values(std::int64_t count) {
    return 2.5 * at::sin(at::arange(count, at::kFloat) * 1.7) + 0.3;
}

Staircase staircase(int bits) {
    return make_staircase({at::scalar_tensor(-0.8F), at::scalar_tensor(1.7F)}, bits);
}

TEST(Fused, takes_contiguous_float32_on_the_cpu_only) {
    const at::Tensor x = at::zeros({4, 4});
    EXPECT_TRUE(is_fusable(x));
    EXPECT_FALSE(is_fusable(x.t().narrow(0, 0, 2)));
    EXPECT_FALSE(is_fusable(x.to(at::kDouble)));
}

TEST(Fused, forward_has_the_bits_of_the_grid) {
    for (const auto count : lengths)
        for (int bits = 1; bits <= 8; ++bits) {
            const Grid grid = staircase(bits).grid;
            const at::Tensor x = values(count);
            EXPECT_TRUE(fused_fake_quantize(x, grid).equal(grid.dequantize(grid.quantize(x)))) << count << " " << bits;
        }
}

TEST(Fused, forward_rounds_ties_to_even_and_saturates) {
    const Grid grid = make_grid(2, at::scalar_tensor(1.0F), at::scalar_tensor(0.0F));
    const float infinity = std::numeric_limits<float>::infinity();
    const at::Tensor x = at::tensor(std::vector<float>{0.5F, 1.5F, 2.5F, -infinity, infinity, 1e30F, -0.0F, 3.0F});
    EXPECT_TRUE(fused_fake_quantize(x, grid).equal(at::tensor(std::vector<float>{0, 2, 2, 0, 3, 3, 0, 3})));
}

TEST(Fused, nan_stays_nan) {
    const at::Tensor x = at::full({9}, std::numeric_limits<float>::quiet_NaN());
    EXPECT_TRUE(at::isnan(fused_fake_quantize(x, staircase(2).grid)).all().item<bool>());
}

template <class Step>
void expect_the_tensor_gradients(const Staircase& stairs, const at::Tensor& alpha, const at::Tensor& x) {
    const at::Tensor upstream = at::cos(at::arange(x.numel(), at::kFloat) * 0.9).reshape(x.sizes());
    const Step step = detail::make_step<Step>(alpha, stairs.grid.scale, x);
    for (const auto q : {RangeGradient::hard, RangeGradient::soft}) {
        const auto needs = FusedNeeds::input_and_parameters;
        const auto fused = detail::fused_gradients(x, upstream, stairs, step, q, needs);
        const auto tensor = detail::tensor_gradients(x, upstream, stairs, step, q, needs);
        EXPECT_TRUE(fused.x.allclose(tensor.x, 1e-5, 2e-6)) << x.numel();
        // Sums of up to 20,000 terms of either sign: compared with the sum of their magnitudes.
        const double tolerance = 1e-6 * static_cast<double>(x.numel()) + 1e-5;
        EXPECT_TRUE(fused.l.allclose(tensor.l, 1e-4, tolerance)) << fused.l << tensor.l;
        EXPECT_TRUE(fused.u.allclose(tensor.u, 1e-4, tolerance)) << fused.u << tensor.u;
        EXPECT_TRUE(fused.alpha.allclose(tensor.alpha, 1e-4, tolerance)) << fused.alpha << tensor.alpha;
    }
}

TEST(Fused, gradients_are_those_of_the_tensor_formulas) {
    for (const auto count : lengths)
        for (const int bits : {1, 2, 4, 8}) {
            expect_the_tensor_gradients<StraightStep>(staircase(bits), {}, values(count));
            expect_the_tensor_gradients<TanhStep>(staircase(bits), at::scalar_tensor(0.2F), values(count));
        }
}

TEST(Fused, gradients_per_channel_are_those_of_the_tensor_formulas) {
    const Range range{at::tensor(std::vector<float>{-1, 0, -0.5F}), at::tensor(std::vector<float>{1, 2, 0.25F})};
    const at::Tensor alpha = at::tensor(std::vector<float>{0.1F, 0.3F, 0.45F});
    expect_the_tensor_gradients<TanhStep>(make_staircase(range, 2), alpha, values(3 * 41).reshape({3, 41}));
}

TEST(Fused, input_gradient_alone_is_the_same) {
    const at::Tensor x = values(100), upstream = at::ones({100}), alpha = at::scalar_tensor(0.2F);
    const Staircase stairs = staircase(2);
    const TanhStep step(alpha, stairs.grid.scale);
    const auto all =
        detail::fused_gradients(x, upstream, stairs, step, RangeGradient::hard, FusedNeeds::input_and_parameters);
    const auto input = detail::fused_gradients(x, upstream, stairs, step, RangeGradient::hard, FusedNeeds::input);
    EXPECT_TRUE(all.x.equal(input.x));
}

// Every copy that this processor runs against the plain one.
TEST(Fused, copies_for_instruction_sets_agree) {
#if defined(__x86_64__)
    const TanhStep step(at::scalar_tensor(0.2F), staircase(2).grid.scale);
    const auto needs = FusedNeeds::input_and_parameters;
    const auto formula = detail::channel_formula<needs>(staircase(2), step, RangeGradient::hard, 0);
    for (const auto count : lengths) {
        const at::Tensor x = values(count), upstream = at::cos(at::arange(count, at::kFloat) * 0.9);
        const auto value = [&](const auto& pass) {
            const at::Tensor y = at::empty_like(x);
            pass(formula, x.data_ptr<float>(), count, y.data_ptr<float>());
            return y;
        };
        const auto expect_gradient = [&](const auto& pass) {
            const at::Tensor plain = at::empty_like(x), found = at::empty_like(x);
            const auto expected = detail::gradient_body<Lanes>(formula, x.data_ptr<float>(), upstream.data_ptr<float>(),
                                                               count, plain.data_ptr<float>());
            const auto sums =
                pass(formula, x.data_ptr<float>(), upstream.data_ptr<float>(), count, found.data_ptr<float>());
            EXPECT_TRUE(found.allclose(plain, 1e-5, 2e-6)) << count;
            for (std::size_t k = 0; k < sums.size(); ++k)
                EXPECT_NEAR(sums[k], expected[k], 1e-6 * static_cast<double>(count) + 1e-5) << count;
        };
        using Formula = std::decay_t<decltype(formula)>;
        // Called, not passed: GCC inlines it always, also where it does not see through a pointer.
        const at::Tensor plain = value([](const auto&... arguments) { detail::value_body<Lanes>(arguments...); });
        if (has_avx2()) {
            EXPECT_TRUE(value(detail::value_avx2<Formula>).equal(plain)) << count;
            expect_gradient(detail::gradient_avx2<Formula>);
        }
#if defined(DSQBENCH_WIDE_LANES)
        if (has_avx512()) {
            EXPECT_TRUE(value(detail::value_avx512<Formula>).equal(plain)) << count;
            expect_gradient(detail::gradient_avx512<Formula>);
        }
#endif
    }
#endif
}

TEST(Lanes, tanh_is_within_3e_7_over_its_whole_range) {
    double worst = 0;
    for (float x = 1e-6F; x < 100.0F; x *= 1.0005F)
        for (const float signed_x : {x, -x})
            worst = std::max(worst, std::abs(static_cast<double>(tanh_lanes(all_lanes<Lanes>(signed_x))[0]) -
                                             std::tanh(static_cast<double>(signed_x))));
    EXPECT_LT(worst, 3e-7);
    EXPECT_EQ(tanh_lanes(all_lanes<Lanes>(0))[0], 0.0F);
}

}  // namespace
}  // namespace dsqbench
