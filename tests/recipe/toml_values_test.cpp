#include "suite/recipe/toml_values.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Error refused(const std::string& text) {
    return refusal_of([&] { read_toml(text, "x.toml"); });
}

TEST(ReadToml, flattens_tables_in_the_order_of_the_text) {
    const auto values = read_toml("[b]\ny = 1\n[a]\nx = [1.5]\nz.q = 'c'\n", "x.toml");
    ASSERT_EQ(values.size(), 3U);
    EXPECT_EQ(values[0].name, "b.y");
    EXPECT_EQ(values[1].name, "a.x");
    EXPECT_EQ(values[1].value, nlohmann::json::array({1.5}));
    EXPECT_EQ(values[2].name, "a.z.q");
}

TEST(ReadToml, knows_line_and_column_of_every_key) {
    const auto values = read_toml("[b]\n\n  y = 1\n", "x.toml");
    ASSERT_EQ(values.size(), 1U);
    EXPECT_EQ(values[0].place, "x.toml:3:3");
}

TEST(ReadToml, keeps_empty_tables) {
    const auto values = read_toml("[tricks.ema]\n", "x.toml");
    ASSERT_EQ(values.size(), 1U);
    EXPECT_EQ(values[0].name, "tricks.ema");
    EXPECT_EQ(values[0].value, nlohmann::json::object());
}

TEST(ReadToml, keeps_integers_and_reals_apart) {
    const auto values = read_toml("a = 1\nb = 1.0\n", "x.toml");
    EXPECT_TRUE(values.at(0).value.is_number_integer());
    EXPECT_TRUE(values.at(1).value.is_number_float());
}

TEST(ReadToml, refuses_other_encodings) {
    EXPECT_STREQ(refused("a = 'caf\xe9'").what(), "x.toml: is not UTF-8; save the file as UTF-8");
    EXPECT_EQ(refused(std::string("a = 1\0", 6)).message(), "holds NUL bytes");
}

TEST(ReadToml, refuses_what_is_not_toml) {
    const Error error = refused("a = 1\nb = = 2\n");
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_THAT(error.place(), StartsWith("x.toml:2:"));
    EXPECT_THAT(error.message(), StartsWith("not valid TOML: "));
}

TEST(ReadToml, refuses_headers_that_break_the_parsers_assertions) {
    for (const char* text : {"[ # comment\n", "[[[1]]]", "[[=", "[[[a]]]", "[?]"})
        EXPECT_THAT(refused(text).message(), StartsWith("not valid TOML")) << text;
}

TEST(ReadToml, refuses_a_key_that_is_set_twice) {
    EXPECT_THAT(refused("a = 1\na = 2\n").place(), StartsWith("x.toml:2:"));
    EXPECT_THAT(refused("'a.b' = 1\n[a]\nb = 2\n").what(),
                HasSubstr("x.toml:3:1: sets a key that is set at x.toml:1:1 too"));
}

TEST(ReadToml, refuses_dates) {
    EXPECT_EQ(refused("a = 2020-01-01").place(), "x.toml:1:5");
}

TEST(ReadToml, refuses_deep_nesting_instead_of_overflowing_the_stack) {
    EXPECT_EQ(refused(std::string(1 << 20, '[')).code(), ExitCode::recipe);
    std::string dots;
    for (int i = 0; i < 500000; ++i) dots += "a.";
    EXPECT_EQ(refused(dots + "a = 1").code(), ExitCode::recipe);
}

}  // namespace
}  // namespace dsqbench
