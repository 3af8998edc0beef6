#include "suite/recipe/options.h"

#include <gtest/gtest.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Json = nlohmann::json;

Json merged(Json table, const std::string& name, const Json& value) {
    merge_options(table, resolve_key(name, ""), value, "x.toml:1:1");
    return table;
}

const Json two_tricks{{"ema", {{"decay", 0.9}}}, {"pretrain", {{"epochs", 2}, {"learning_rate", 0.1}}}};

TEST(MergeOptions, keeps_what_it_does_not_name) {
    const Json expected{{"ema", {{"decay", 0.9}}}, {"pretrain", {{"epochs", 5}, {"learning_rate", 0.1}}}};
    EXPECT_EQ(merged(two_tricks, "tricks.pretrain.epochs", 5), expected);
    EXPECT_EQ(merged(two_tricks, "tricks.pretrain", {{"epochs", 5}}), expected);
    EXPECT_EQ(merged(two_tricks, "tricks", {{"pretrain", {{"epochs", 5}}}}), expected);
}

TEST(MergeOptions, switches_a_trick_off_with_false) {
    EXPECT_EQ(merged(two_tricks, "tricks.ema", false), Json({{"pretrain", two_tricks["pretrain"]}}));
    EXPECT_EQ(merged(two_tricks, "tricks.unheard_of", false), two_tricks);
}

TEST(MergeOptions, switches_a_trick_on_with_true_or_an_empty_table) {
    const Json expected{{"ema", Json::object()}};
    EXPECT_EQ(merged(Json::object(), "tricks.ema", true), expected);
    EXPECT_EQ(merged(Json::object(), "tricks.ema", Json::object()), expected);
    EXPECT_EQ(merged(two_tricks, "tricks.ema", true), two_tricks);
}

TEST(MergeOptions, makes_the_table_of_its_first_option) {
    EXPECT_EQ(merged(Json::object(), "tricks.ema.decay", 0.5), Json({{"ema", {{"decay", 0.5}}}}));
}

TEST(MergeOptions, keeps_dots_in_the_names_of_quantizer_options) {
    EXPECT_EQ(merged(Json::object(), "quantization.options.dsq.eq13", "soft"), Json({{"dsq.eq13", "soft"}}));
}

TEST(MergeOptions, keeps_dots_in_the_labels_of_expected_results) {
    EXPECT_EQ(merged(Json::object(), "expect.dsq training.gamma=0.5.value", 88.4),
              Json({{"dsq training.gamma=0.5", {{"value", 88.4}}}}));
}

TEST(MergeOptions, leaves_the_table_as_it_was_when_it_refuses) {
    Json table = two_tricks;
    EXPECT_EQ(refusal_of([&] {
                  merge_options(table, resolve_key("tricks", ""), {{"a", {{"b", 1}}}, {"c", 3}}, "x");
              }).code(),
              ExitCode::recipe);
    EXPECT_EQ(table, two_tricks);
}

TEST(MergeOptions, refuses_tables_where_options_belong) {
    EXPECT_EQ(refusal_of([] { merged(two_tricks, "tricks.ema.decay", Json::object()); }).code(), ExitCode::recipe);
    EXPECT_EQ(refusal_of([] { merged(two_tricks, "tricks.ema", 3); }).message(),
              "tricks.ema must be a table, true or false");
}

}  // namespace
}  // namespace dsqbench
