#include "suite/report/text_table.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dsqbench {
namespace {

TEST(DisplayWidth, counts_cells_and_not_bytes) {
    EXPECT_EQ(display_width(""), 0u);
    EXPECT_EQ(display_width("top-1"), 5u);
    EXPECT_EQ(display_width("Δ ± −"), 5u);
    EXPECT_EQ(display_width("e\xCC\x81"), 1u) << "combining accent";
    EXPECT_EQ(display_width("量化"), 4u);
    EXPECT_EQ(display_width("\xF0\x9F\x98\x80"), 2u) << "emoji";
}

TEST(DisplayWidth, survives_bytes_that_are_not_UTF8) {
    EXPECT_LE(display_width("\xFF\xFE\x80"), 3u);
    EXPECT_LE(display_width("\xE2\x82"), 2u);
}

TextTable small_table() {
    TextTable table;
    table.add_column("name").add_column("Δ", TextTable::Align::right).add_column("note");
    table.add_row({"ste", "+0.31", ""}).add_row({"dorefa|pact", "−2.4", "odd"});
    return table;
}

TEST(TextTable, aligns_for_a_terminal) {
    EXPECT_EQ(small_table().aligned(),
              "name             Δ  note\n"
              "───────────  ─────  ────\n"
              "ste          +0.31\n"
              "dorefa|pact   −2.4  odd\n");
}

TEST(TextTable, escapes_for_Markdown) {
    EXPECT_EQ(small_table().markdown(),
              "| name | Δ | note |\n"
              "|---|---:|---|\n"
              "| ste | +0.31 |  |\n"
              "| dorefa\\|pact | −2.4 | odd |\n");
}

TEST(TextTable, refuses_a_row_of_another_length) {
    EXPECT_THROW(small_table().add_row({"one"}), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
