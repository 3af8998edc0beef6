#include "suite/core/shell.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Shell, reads_quoted_text_as_it_was) {
    EXPECT_EQ(shell_quoted(""), "''");
    EXPECT_EQ(shell_quoted("two words"), "'two words'");
    EXPECT_EQ(shell_quoted("it's $(id) \"`\\\n"), "'it'\\''s $(id) \"`\\\n'");
}

TEST(Shell, quotes_no_word_that_needs_it_not) {
    EXPECT_EQ(shell_word("dorefa/pact"), "dorefa/pact");
    EXPECT_EQ(shell_word("a.b=0.1,0.2"), "a.b=0.1,0.2");
    EXPECT_EQ(shell_word(""), "''");
    for (const char* text : {"a b", "a;b", "a\nb", "$x", "*", "~", "#"})
        EXPECT_EQ(shell_word(text), shell_quoted(text));
}

}  // namespace
}  // namespace dsqbench
