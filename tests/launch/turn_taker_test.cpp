#include "suite/launch/turn_taker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

std::string refusal(TurnTaker& taker) {
    const Error error = refusal_of([&] { taker.take_turn(); });
    EXPECT_EQ(error.code(), ExitCode::failed);
    return error.message();
}

TEST(TurnTaker, answers_every_turn_with_its_seconds) {
    TurnTaker taker("counter", "i=0; while read line; do i=$((i+1)); echo $i.5; done");
    for (int turn = 1; turn <= 3; ++turn) EXPECT_EQ(taker.take_turn(), turn + 0.5);
}

TEST(TurnTaker, that_ends_early_is_quoted) {
    TurnTaker taker("pillow", "read line; echo 1; echo no module named PIL >&2; exit 1");
    EXPECT_EQ(taker.take_turn(), 1);
    EXPECT_THAT(refusal(taker), testing::StartsWith("'pillow' ended"));
    TurnTaker missing("nobody", "/nonexistent/program");
    EXPECT_THAT(refusal(missing),
                testing::AllOf(testing::StartsWith("'nobody' ended"), testing::HasSubstr("not found")));
}

class TurnTakerAnswer : public testing::TestWithParam<const char*> {};

TEST_P(TurnTakerAnswer, that_is_no_time_is_refused) {
    TurnTaker taker("rival", std::string("read line; echo '") + GetParam() + "'; read line");
    EXPECT_THAT(refusal(taker), testing::HasSubstr("instead of seconds"));
}

INSTANTIATE_TEST_SUITE_P(Each, TurnTakerAnswer, testing::Values("", "soon", "1.5 s", "-1", "0", "nan", "inf", "1e999"));

}  // namespace
}  // namespace dsqbench
