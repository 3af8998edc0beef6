#include "suite/report/row_text.h"

#include <gtest/gtest.h>

#include "suite/report/number_text.h"

namespace dsqbench {
namespace {

const Row row{{"median_ns", 1500.0}, {"int8_ratio", 2.449}, {"samples", 40}, {"rejected_samples", 3}};

TEST(RowText, is_of_a_field_in_the_tables_unit) {
    EXPECT_EQ(number_text(row, "median_ns", 1, 1e-3), "1.5");
    EXPECT_EQ(ratio_text(row, "int8_ratio"), "2.45x");
    EXPECT_EQ(samples_text(row), "40 (3)");
}

TEST(RowText, is_a_dash_where_there_is_nothing) {
    EXPECT_EQ(number_text(row, "p10_ns", 1), undefined_text);
    EXPECT_EQ(ratio_text(row, "f32_ratio"), undefined_text);
    EXPECT_EQ(samples_text(Row::object()), undefined_text);
}

}  // namespace
}  // namespace dsqbench
