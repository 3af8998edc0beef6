#include "suite/launch/output.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

using Lines = std::vector<std::string>;

TEST(LineSplitter, joins_what_reads_cut_apart) {
    LineSplitter lines;
    EXPECT_EQ(lines.take("ab"), Lines{});
    EXPECT_EQ(lines.take("c\nde\nf"), (Lines{"abc", "de"}));
    EXPECT_EQ(lines.take("\n\n"), (Lines{"f", ""}));
}

TEST(LineSplitter, drops_a_line_that_is_too_long_and_goes_on) {
    LineSplitter lines(4);
    EXPECT_EQ(lines.take("1234\n12345\nab\n"), (Lines{"1234", "ab"}));
    EXPECT_EQ(lines.take("123"), Lines{});
    EXPECT_EQ(lines.take("456"), Lines{});
    EXPECT_EQ(lines.take("789"), Lines{});
    EXPECT_EQ(lines.take("0\nab\n"), Lines{"ab"});
}

TEST(Tail, keeps_the_end_of_a_long_text) {
    Tail tail(10);
    for (int i = 0; i < 1000; ++i) tail.take("line\n");
    tail.take("the end\n");
    EXPECT_EQ(tail.last_lines(1), "the end");
    EXPECT_LE(tail.last_lines(100).size(), 10u);
}

TEST(Tail, gives_the_last_lines) {
    Tail tail;
    EXPECT_EQ(tail.last_lines(3), "");
    tail.take("one\ntwo\nthree\n\n");
    EXPECT_EQ(tail.last_lines(1), "three");
    EXPECT_EQ(tail.last_lines(2), "two\nthree");
    EXPECT_EQ(tail.last_lines(9), "one\ntwo\nthree");
}

TEST(ProgressReport, is_an_object_with_a_fraction) {
    const auto report = parse_report("{\"fraction\": 0.25, \"detail\": \"epoch 1/2\"}");
    ASSERT_TRUE(report);
    EXPECT_DOUBLE_EQ(report->fraction, 0.25);
    EXPECT_EQ(report->detail, "epoch 1/2");
    EXPECT_TRUE(parse_report("{\"fraction\": 1}"));
}

TEST(ProgressReport, passes_over_everything_else) {
    for (const char* line : {"", "hello", "[0.5]", "0.5", "{", "{\"detail\": \"x\"}", "{\"fraction\": \"half\"}",
                             "{\"fraction\": null}", "{\"fraction\": 1e999}", "\xFF\xFE"})
        EXPECT_FALSE(parse_report(line)) << line;
}

TEST(ProgressReport, may_tell_the_memory) {
    const auto report = parse_report(R"({"fraction": 0, "memory": {"now": 10, "peak": 20}})");
    ASSERT_TRUE(report && report->memory);
    EXPECT_EQ(report->memory->now, 10u);
    EXPECT_EQ(report->memory->peak, 20u);
    for (const char* memory : {"7", "null", "{}", R"({"now": 1})", R"({"now": -1, "peak": 2})",
                               R"({"now": 1, "peak": "2"})", R"({"now": 1, "peak": 1e300})"}) {
        const auto other = parse_report(std::string(R"({"fraction": 0, "memory": )") + memory + "}");
        ASSERT_TRUE(other) << memory;
        EXPECT_FALSE(other->memory) << memory;
    }
}

TEST(ProgressReport, keeps_the_figures_that_are_numbers) {
    const auto report =
        parse_report(R"({"fraction": 0, "figures": {"loss": 0.5, "epoch": 3, "top1": null, "x": "y"}})");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->figures, (std::map<std::string, double>{{"loss", 0.5}, {"epoch", 3}}));
    for (const char* figures : {"7", "[1]", "null"})
        EXPECT_TRUE(parse_report(std::string(R"({"fraction": 0, "figures": )") + figures + "}")->figures.empty());
}

TEST(ProgressReport, cannot_move_the_cursor) {
    EXPECT_EQ(parse_report("{\"fraction\": 0, \"detail\": \"a\\u001b[2J\\nb\"}")->detail, "a [2J b");
}

}  // namespace
}  // namespace dsqbench
