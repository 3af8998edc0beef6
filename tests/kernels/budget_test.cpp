#include "kernels/api/budget.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

constexpr Range unsigned_range(int bits) {
    return CodeType{bits, Coding::unsigned_codes}.range();
}
constexpr Range signed_range(int bits) {
    return CodeType{bits, Coding::signed_codes}.range();
}

// Worked out by hand as floor(32767 / (2 (2^b - 1) 2^(b-1))). One bit has no positive product, so it may use -32768
// too.
TEST(Budget, byte_pairs_of_unsigned_activations_and_signed_weights) {
    EXPECT_EQ(byte_pair_budget(unsigned_range(1), signed_range(1)), 16384);
    EXPECT_EQ(byte_pair_budget(unsigned_range(2), signed_range(2)), 2730);
    EXPECT_EQ(byte_pair_budget(unsigned_range(3), signed_range(3)), 585);
    EXPECT_EQ(byte_pair_budget(unsigned_range(4), signed_range(4)), 136);
    EXPECT_EQ(byte_pair_budget(unsigned_range(5), signed_range(5)), 33);
    EXPECT_EQ(byte_pair_budget(unsigned_range(6), signed_range(6)), 8);
    EXPECT_EQ(byte_pair_budget(unsigned_range(7), signed_range(7)), 2);
    EXPECT_EQ(byte_pair_budget(unsigned_range(8), signed_range(8)), 0);
}

TEST(Budget, dictionary_entries_in_unsigned_bytes) {
    EXPECT_EQ(dictionary_budget(1), 63);
    EXPECT_EQ(dictionary_budget(2), 21);
}

// 31, 7 and 1 are the ratios of section 3.5 of Gong et al. 2019 (DSQ).
TEST(Budget, byte_multiplies_of_signed_codes_are_those_of_the_dsq_paper) {
    EXPECT_EQ(byte_multiply_budget(signed_range(2), signed_range(2)), 31);
    EXPECT_EQ(byte_multiply_budget(signed_range(3), signed_range(3)), 7);
    EXPECT_EQ(byte_multiply_budget(signed_range(4), signed_range(4)), 1);
}

TEST(Budget, byte_multiplies_of_unsigned_activations_hold_fewer) {
    EXPECT_EQ(byte_multiply_budget(unsigned_range(2), signed_range(2)), 21);
    EXPECT_EQ(byte_multiply_budget(unsigned_range(3), signed_range(3)), 4);
    EXPECT_EQ(accumulations(product(unsigned_range(2), unsigned_range(2)), unsigned_8_bit), 28);
    EXPECT_EQ(accumulations(product(unsigned_range(3), unsigned_range(3)), unsigned_8_bit), 5);
}

TEST(Budget, long_multiplies) {
    EXPECT_EQ(long_multiply_budget(signed_range(4), signed_range(4)), 511);
    EXPECT_EQ(long_multiply_budget(signed_range(5), signed_range(5)), 127);
    EXPECT_EQ(long_multiply_budget(signed_range(6), signed_range(6)), 31);
    EXPECT_EQ(long_multiply_budget(signed_range(7), signed_range(7)), 7);
    EXPECT_EQ(long_multiply_budget({-63, 63}, {-63, 63}), 8);
    EXPECT_EQ(long_multiply_budget(signed_range(8), signed_range(8)), 1);
    EXPECT_EQ(long_multiply_budget({-127, 127}, {-127, 127}), 2);
}

TEST(Budget, byte_pairs_of_winograd_s_transforms) {
    const auto budget = [](int bits) {
        return byte_pair_budget(winograd_activations(bits), winograd_weights(signed_range(bits)));
    };
    EXPECT_EQ(budget(2), 75);
    EXPECT_EQ(budget(3), 16);
    EXPECT_EQ(budget(4), 3);
    EXPECT_TRUE(fits(winograd_weights(signed_range(4)), signed_8_bit));
    EXPECT_FALSE(fits(winograd_weights(unsigned_range(4)), signed_8_bit));
}

TEST(Budget, one_more_accumulation_than_the_budget_overflows) {
    for (int bits = 1; bits <= 7; ++bits) {
        const Range pair = times(product(unsigned_range(bits), signed_range(bits)), 2);
        const int budget = byte_pair_budget(unsigned_range(bits), signed_range(bits));
        EXPECT_TRUE(fits(times(pair, budget), signed_16_bit));
        EXPECT_FALSE(fits(times(pair, budget + 1), signed_16_bit));
    }
}

TEST(Budget, is_known_to_the_compiler) {
    static_assert(byte_pair_budget(unsigned_range(4), signed_range(4)) == 136);
    static_assert(byte_multiply_budget(signed_range(2), signed_range(2)) == 31);
}

TEST(CodeType, values_of_each_coding) {
    EXPECT_EQ((CodeType{2, Coding::unsigned_codes}.value(3)), 3);
    EXPECT_EQ((CodeType{2, Coding::signed_codes}.value(0)), -2);
    EXPECT_EQ((CodeType{2, Coding::signed_codes}.value(3)), 1);
    EXPECT_EQ((CodeType{2, Coding::offset_codes}.value(0)), -3);
    EXPECT_EQ((CodeType{2, Coding::offset_codes}.value(3)), 3);
    EXPECT_EQ((CodeType{1, Coding::offset_codes}.value(0)), -1);
    EXPECT_EQ((CodeType{1, Coding::offset_codes}.value(1)), 1);
}

}  // namespace
}  // namespace dsqbench
