#include <gtest/gtest.h>

#include <stdexcept>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

TEST(Fp32, returns_what_it_is_given) {
    const at::Tensor x = normal_sample({9});
    const auto quantizer = calibrated("fp32", settings_of(QuantizerRole::weight, 32), x);
    EXPECT_TRUE(quantizer->is_identity());
    EXPECT_TRUE(at::equal(quantizer->forward(x), x));
    EXPECT_EQ(quantizer->describe().at("bits"), 32);
}

TEST(Fp32, has_no_grid) {
    EXPECT_THROW(make_quantizer("fp32", settings_of(QuantizerRole::weight, 8))->grid(), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
