#include <gmock/gmock.h>

#include <cmath>

#include "suite/recipe/schema.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Json = nlohmann::json;

Json checked(const std::string& key, const Json& value) {
    return checked_value(schema_key(key), value, "x.toml:3:1");
}

Error refused(const std::string& key, const Json& value) {
    return refusal_of([&] { checked(key, value); });
}

struct Case {
    const char* key;
    Json value;
};

class WrongValue : public testing::TestWithParam<Case> {};

TEST_P(WrongValue, is_refused_at_its_place) {
    const Error error = refused(GetParam().key, GetParam().value);
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_EQ(error.place(), "x.toml:3:1");
}

INSTANTIATE_TEST_SUITE_P(
    CheckedValue, WrongValue,
    testing::Values(Case{"quantization.weight_bits", 0}, Case{"quantization.weight_bits", 9},
                    Case{"quantization.activation_bits", 31}, Case{"quantization.weight_bits", 2.0},
                    Case{"training.epochs", "3"}, Case{"training.epochs", -1},
                    Case{"training.epochs", 18446744073709551615ULL}, Case{"training.epochs", Json::array({3})},
                    Case{"training.learning_rate", 0.0}, Case{"training.learning_rate", std::nan("")},
                    Case{"training.learning_rate", -INFINITY}, Case{"training.learning_rate", INFINITY},
                    Case{"training.momentum", 1.0}, Case{"training.momentum", -0.1}, Case{"training.nesterov", 1},
                    Case{"training.optimizer", "lion"}, Case{"model.name", 20}, Case{"model.name", "caf\xe9"},
                    Case{"model.name", "a\x1b[31m"}, Case{"contenders", "dsq"}, Case{"contenders", Json::array({1})},
                    Case{"training.milestones", Json::array({1, 2.5})}, Case{"augment.mean", Json::array({NAN})},
                    Case{"augment.standard_deviation", Json::array({0.2, 0.0})}, Case{"data.synthetic_channels", 2},
                    Case{"tricks", 3}, Case{"quantization.options", Json::array()}));

TEST(CheckedValue, makes_reals_of_integers) {
    EXPECT_EQ(checked("training.learning_rate", 1).dump(), "1.0");
    EXPECT_EQ(checked("augment.mean", Json::array({0, 1})).dump(), "[0.0,1.0]");
}

TEST(CheckedValue, knows_one_zero) {
    EXPECT_EQ(checked("training.weight_decay", -0.0).dump(), "0.0");
}

TEST(CheckedValue, leaves_integers_as_they_are) {
    EXPECT_EQ(checked("training.epochs", 3).dump(), "3");
    EXPECT_EQ(checked("quantization.weight_bits", 32).dump(), "32");
}

TEST(CheckedValue, says_what_it_wants_and_what_it_got) {
    EXPECT_STREQ(refused("quantization.weight_bits", 9).what(),
                 "x.toml:3:1: quantization.weight_bits must be an integer from 1 to 8, or 32, not 9");
    EXPECT_EQ(refused("training.learning_rate", std::nan("")).message(),
              "training.learning_rate must be a number above 0 and up to 1000, not nan");
    EXPECT_EQ(refused("training.learning_rate", -INFINITY).message(),
              "training.learning_rate must be a number above 0 and up to 1000, not -inf");
}

TEST(CheckedValue, suggests_the_nearest_choice) {
    EXPECT_EQ(refused("training.schedule", "cosin").hint(), "did you mean 'cosine'?");
}

TEST(CheckedValue, shows_long_values_short) {
    EXPECT_LT(refused("training.epochs", std::string(9000, 'x')).message().size(), 150U);
}

TEST(CheckedOption, takes_scalars_and_lists_of_them) {
    for (const Json& value : {Json(1), Json(0.5), Json("soft"), Json(true), Json::array({1, 2})})
        EXPECT_EQ(checked_option("tricks.x.y", value, ""), value);
}

TEST(CheckedOption, refuses_what_has_no_canonical_form) {
    for (const Json& value : {Json(nullptr), Json(NAN), Json::array({Json::array({1})}), Json::object({{"a", 1}})})
        EXPECT_EQ(refusal_of([&] { checked_option("tricks.x.y", value, ""); }).code(), ExitCode::recipe) << value;
}

}  // namespace
}  // namespace dsqbench
