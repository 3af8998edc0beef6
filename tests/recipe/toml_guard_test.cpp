#include "suite/recipe/toml_guard.h"

#include <gtest/gtest.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

std::string repeated(const std::string& part, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += part;
    return text;
}

TEST(TomlGuard, accepts_dots_and_brackets_in_strings_and_comments) {
    const std::string many = repeated(".[", 100);
    for (const std::string& text :
         {"# " + many, "a = \"" + many + "\"", "a = '" + many + "'", "a = \"\"\"\n" + many + "\"\"\"",
          "a = '''" + many + "'''", "a = \"\\\"" + many + "\""})
        EXPECT_NO_THROW(guard_toml(text, "x.toml")) << text;
}

TEST(TomlGuard, accepts_long_lists_of_numbers) {
    EXPECT_NO_THROW(guard_toml("a = [" + repeated("0.5, ", 1000) + "]", "x.toml"));
}

TEST(TomlGuard, refuses_keys_with_many_dots) {
    for (const std::string& text :
         {repeated("a.", 1000) + "a = 1", "[" + repeated("a.", 1000) + "a]",
          "a = {" + repeated("a . ", 1000) + "a = 1}", "a = ''''x'''''\n" + repeated("a.", 99)})
        EXPECT_EQ(refusal_of([&] { guard_toml(text, "x.toml"); }).message(), "a key has too many dots");
}

TEST(TomlGuard, refuses_deep_brackets) {
    for (const char* bracket : {"[", "{", "[{"})
        EXPECT_EQ(refusal_of([&] { guard_toml("a = " + repeated(bracket, 100), "x.toml"); }).message(),
                  "brackets nest too deeply");
}

TEST(TomlGuard, accepts_other_scripts_in_strings_and_comments) {
    for (const char* text : {"a = 'é'", "a = \"é\\n\"", "'é' = 1", "# é",
                             "\xEF\xBB\xBF"
                             "a = 1",
                             "a = \"\"\"é\\\n b é\"\"\""})
        EXPECT_NO_THROW(guard_toml(text, "x.toml")) << text;
}

TEST(TomlGuard, refuses_other_scripts_where_the_parser_tests_for_white_space) {
    for (const char* text :
         {"é = 1", "a = é", "a\u00A0= 1", "[é]", "a = 1 é", "a = \"\"\"\\é\"\"\"", "a = \"\"\"\\ \n\n é\"\"\""})
        EXPECT_EQ(refusal_of([&] { guard_toml(text, "x.toml"); }).code(), ExitCode::recipe) << text;
}

TEST(TomlGuard, says_the_line) {
    EXPECT_EQ(refusal_of([] { guard_toml("a = \"\"\"\n\n\"\"\"\nb = " + repeated("[", 99), "x.toml"); }).place(),
              "x.toml:4");
}

TEST(TomlGuard, reads_to_the_end_of_torn_text) {
    for (const char* text : {"", "\"", "'", "\"\"\"", "\"\"\"\"\"", "\"\\", "'''\\", "#", "]]]]"})
        EXPECT_NO_THROW(guard_toml(text, "x.toml")) << text;
}

}  // namespace
}  // namespace dsqbench
