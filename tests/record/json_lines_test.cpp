#include "suite/record/json_lines.h"

#include <gtest/gtest.h>

#include <limits>

#include "suite/core/file_system.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

TEST(JsonLines, number_their_lines_and_pass_over_blank_ones) {
    const auto lines = parse_json_lines("{\"a\":1}\n\n  \n[2]\n");
    ASSERT_EQ(lines.whole.size(), 2u);
    EXPECT_EQ(lines.whole[0].value["a"], 1);
    EXPECT_EQ(lines.whole[1].number, 4u);
    EXPECT_TRUE(lines.damaged.empty());
    EXPECT_FALSE(lines.torn);
}

TEST(JsonLines, tell_a_torn_last_line_from_a_damaged_one) {
    const auto lines = parse_json_lines("{}\n{\"a\":\n{\"b\":");
    EXPECT_EQ(lines.damaged, std::vector<std::size_t>{2});
    ASSERT_TRUE(lines.torn);
    EXPECT_EQ(lines.torn->number, 3u);
    EXPECT_EQ(lines.torn->offset, 9u);
    EXPECT_EQ(lines.torn->text, "{\"b\":");
}

TEST(JsonLines, accept_a_whole_last_line_without_its_newline) {
    const auto lines = parse_json_lines("{}\n{\"a\":1}");
    EXPECT_EQ(lines.whole.size(), 2u);
    EXPECT_FALSE(lines.torn);
}

TEST(JsonLines, survive_any_prefix_of_a_file) {
    const std::string bytes = "{\"label\":\"dsq\",\"top1\":87.5}\n{\"label\":\"ste\",\"top1\":86.25}\n";
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const auto lines = parse_json_lines(bytes.substr(0, size));
        EXPECT_TRUE(lines.damaged.empty()) << size;
        EXPECT_LE(lines.whole.size(), 2u);
    }
}

TEST(JsonLines, refuse_damage_with_file_and_line) {
    const Error error = refusal_of([] { refuse_damage(parse_json_lines("{}\n\nnot JSON\n"), "rows.jsonl"); });
    EXPECT_EQ(error.place(), "rows.jsonl:3");
    EXPECT_EQ(error.code(), ExitCode::data);
}

TEST(JsonLines, write_what_JSON_cannot_say_as_null) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(to_line({{"b", std::nan("")}, {"a", infinity}}), "{\"a\":null,\"b\":null}");
    EXPECT_EQ(to_line("\xE9t\xE9"), "\"\xEF\xBF\xBDt\xEF\xBF\xBD\"");  // Latin-1
    EXPECT_EQ(to_line(0.1), "0.1");
}

}  // namespace
}  // namespace dsqbench
