#include "quantizers/options.h"

#include <gtest/gtest.h>

#include "tests/quantizers/gradient_check.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

TEST(Options, have_their_default_when_absent) {
    const auto settings = settings_of(QuantizerRole::weight, 2);
    EXPECT_EQ(text_option(settings, "init", "sigma", {"sigma", "min-max"}), "sigma");
    EXPECT_EQ(real_option(settings, "alpha", 0.2, {0, 0.5}), 0.2);
}

TEST(Options, are_read_when_present) {
    const auto settings = settings_of(QuantizerRole::weight, 2, {{"init", "min-max"}, {"alpha", 0}});
    EXPECT_EQ(text_option(settings, "init", "sigma", {"sigma", "min-max"}), "min-max");
    EXPECT_EQ(real_option(settings, "alpha", 0.2, {0, 0.5}), 0);
}

TEST(Options, suggest_the_nearest_choice) {
    const auto settings = settings_of(QuantizerRole::weight, 2, {{"init", "sigme"}});
    const Error error = refusal_of([&] { text_option(settings, "init", "sigma", {"sigma", "min-max"}); });
    EXPECT_STREQ(error.what(), "option 'init' cannot be 'sigme'; did you mean 'sigma'?");
    EXPECT_EQ(error.code(), ExitCode::recipe);
}

TEST(Options, refuse_other_types_and_numbers_outside_the_interval) {
    const auto settings = settings_of(QuantizerRole::weight, 2, {{"init", 3}, {"alpha", "big"}, {"decay", -1}});
    EXPECT_THROW(text_option(settings, "init", "sigma", {"sigma"}), Error);
    EXPECT_THROW(real_option(settings, "alpha", 0.2, {0, 0.5}), Error);
    EXPECT_THROW(real_option(settings, "decay", 0, {0, 1}), Error);
}

}  // namespace
}  // namespace dsqbench
