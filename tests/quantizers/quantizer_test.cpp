#include "quantizers/quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "tests/quantizers/gradient_check.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

void expect_error(ExitCode code, const std::string& text, const std::function<void()>& action) {
    const Error error = refusal_of(action);
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(text));
}

void expect_refused(ExitCode code, const std::string& text, const std::string& name,
                    const QuantizerSettings& settings) {
    expect_error(code, text, [&] { make_quantizer(name, settings); });
}

// A plug-in that the linker dropped would be missing here.
TEST(Quantizers, are_all_registered) {
    EXPECT_THAT(Registry<QuantizerEntry>::instance().names(),
                testing::IsSupersetOf({"dorefa", "dsq", "dsq-alpha", "dsq-fixed", "dsq-mqbench", "ewgs", "fp32", "lsq",
                                       "pact", "ste", "ste-lu"}));
}

TEST(MakeQuantizer, suggests_the_nearest_name) {
    expect_refused(ExitCode::usage, "did you mean 'dsq'", "dsqq", settings_of(QuantizerRole::weight, 2));
}

TEST(MakeQuantizer, refuses_bits_outside_1_to_8) {
    for (const int bits : {-1, 0, 9, 32})
        expect_refused(ExitCode::recipe, "choose 1 to 8", "dsq", settings_of(QuantizerRole::weight, bits));
}

TEST(MakeQuantizer, refuses_a_role_that_the_quantizer_does_not_have) {
    expect_refused(ExitCode::recipe, "its paper uses 'dorefa'", "pact", settings_of(QuantizerRole::weight, 2));
}

TEST(MakeQuantizer, refuses_unknown_options_with_a_suggestion) {
    expect_refused(ExitCode::recipe, "did you mean 'eq13'", "dsq",
                   settings_of(QuantizerRole::weight, 2, {{"eq31", "soft"}}));
    expect_refused(ExitCode::recipe, "it has none", "dorefa", settings_of(QuantizerRole::weight, 2, {{"init", "max"}}));
}

TEST(MakeQuantizer, refuses_channels_for_activations) {
    expect_refused(ExitCode::recipe, "for weights only", "ste", settings_of(QuantizerRole::activation, 2, {}, 4));
}

TEST(CompletePair, takes_one_name_for_both_or_two) {
    EXPECT_EQ(complete_pair("dsq").weight, "dsq");
    EXPECT_EQ(complete_pair("dsq").activation, "dsq");
    EXPECT_EQ(complete_pair("ste/pact").weight, "ste");
    EXPECT_EQ(complete_pair("ste/pact").activation, "pact");
}

TEST(CompletePair, refuses_what_cannot_be) {
    expect_error(ExitCode::recipe, "does not quantize weights", [] { complete_pair("pact/pact"); });
    expect_error(ExitCode::usage, "not a contender", [] { complete_pair("a/b/c"); });
    expect_error(ExitCode::usage, "unknown quantizer 'dsk'", [] { complete_pair("dsk/pact"); });
}

TEST(Quantizer, refuses_to_calibrate_on_nothing_or_on_nan) {
    const auto quantizer = make_quantizer("dsq", settings_of(QuantizerRole::weight, 2));
    expect_error(ExitCode::data, "empty", [&] { quantizer->calibrate(at::empty({0})); });
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        expect_error(ExitCode::numeric, "not finite", [&] { quantizer->calibrate(at::full({3}, bad)); });
}

TEST(Quantizer, refuses_to_run_on_nothing) {
    const auto quantizer = calibrated("ste", settings_of(QuantizerRole::weight, 2), at::ones({3}));
    expect_error(ExitCode::data, "empty", [&] { quantizer->forward(at::empty({0})); });
}

TEST(Quantizer, takes_a_missing_calibration_for_a_mistake_of_the_program) {
    const auto quantizer = make_quantizer("dsq", settings_of(QuantizerRole::weight, 2));
    EXPECT_THROW(quantizer->forward(at::ones({3})), std::logic_error);
    quantizer->calibrate(at::ones({3}));
    EXPECT_THROW(quantizer->forward(at::ones({3}, at::kDouble)), std::logic_error);
    EXPECT_NO_THROW(quantizer->forward(at::ones({3})));
}

TEST(Quantizer, describes_itself) {
    const auto quantizer = make_quantizer("dsq", settings_of(QuantizerRole::weight, 3, {{"eq13", "soft"}}, 16));
    const nlohmann::json expected = {
        {"quantizer", "dsq"}, {"role", "weight"},      {"bits", 3},    {"granularity", "channel"},
        {"range", "learned"}, {"range_rule", "sigma"}, {"alpha", 0.2}, {"alpha_learned", true},
        {"alpha_decay", 0.0}, {"eq13", "soft"}};
    EXPECT_EQ(quantizer->describe(), expected);
}

}  // namespace
}  // namespace dsqbench
