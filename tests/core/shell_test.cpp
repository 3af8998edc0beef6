#include "suite/core/shell.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Shell, reads_quoted_text_as_it_was) {
    EXPECT_EQ(shell_quoted(""), "''");
    EXPECT_EQ(shell_quoted("two words"), "'two words'");
    EXPECT_EQ(shell_quoted("it's $(id) \"`\\\n"), "'it'\\''s $(id) \"`\\\n'");
}

}  // namespace
}  // namespace dsqbench
