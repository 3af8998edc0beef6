#include <gtest/gtest.h>

#include "suite/recipe/schema.h"

namespace dsqbench {
namespace {

std::string allowed(const std::string& name) {
    return allowed_values(schema_key(name));
}

TEST(AllowedValues, say_type_and_range_in_words) {
    EXPECT_EQ(allowed("training.epochs"), "an integer from 1 to 10000");
    EXPECT_EQ(allowed("training.nesterov"), "true or false");
    EXPECT_EQ(allowed("model.name"), "text");
    EXPECT_EQ(allowed("contenders"), "a list of texts");
    EXPECT_EQ(allowed("augment.mean"), "a list of numbers");
    EXPECT_EQ(allowed("training.milestones"), "a list of integers from 1 to 10000");
}

TEST(AllowedValues, name_values_beside_the_range) {
    EXPECT_EQ(allowed("quantization.weight_bits"), "an integer from 1 to 8, or 32");
    EXPECT_EQ(allowed("data.synthetic_channels"), "an integer: 1, or 3");
}

TEST(AllowedValues, say_which_bounds_are_open) {
    EXPECT_EQ(allowed("training.momentum"), "a number from 0 to below 1");
    EXPECT_EQ(allowed("training.gamma"), "a number above 0 and up to 1");
    EXPECT_EQ(allowed("augment.standard_deviation"), "a list of numbers above 0");
}

TEST(AllowedValues, list_choices) {
    EXPECT_EQ(allowed("training.optimizer"), "'sgd', 'adam' or 'adamw'");
}

}  // namespace
}  // namespace dsqbench
