#include "suite/core/error.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Error, reads_place_message_hint) {
    const Error error(ExitCode::recipe, "unknown key 'lr_shedule'", "did you mean 'lr_schedule'?",
                      "recipes/x.toml:12:3");
    EXPECT_STREQ(error.what(), "recipes/x.toml:12:3: unknown key 'lr_shedule'; did you mean 'lr_schedule'?");
    EXPECT_EQ(error.code(), ExitCode::recipe);
}

TEST(Error, leaves_out_what_is_not_there) {
    EXPECT_STREQ(Error(ExitCode::failed, "no").what(), "no");
}

}  // namespace
}  // namespace dsqbench
