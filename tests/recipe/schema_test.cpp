#include "suite/recipe/schema.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

TEST(Schema, names_every_key_once_and_explains_it) {
    std::set<std::string> names;
    for (const Key& key : schema()) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name;
        EXPECT_FALSE(key.meaning.empty()) << key.name;
    }
}

TEST(Schema, has_defaults_that_pass_its_own_checks) {
    for (const Key& key : schema()) EXPECT_EQ(checked_value(key, key.default_value, ""), key.default_value) << key.name;
}

TEST(Schema, holds_the_quantizers_in_a_group_of_their_own) {
    std::set<std::string> quantizers;
    for (const Key& key : schema())
        if (key.group == KeyGroup::quantizer) quantizers.insert(key.name);
    EXPECT_EQ(quantizers, (std::set<std::string>{"quantization.weight", "quantization.activation"}));
}

TEST(Schema, knows_no_facts_of_a_site) {
    for (const char* name :
         {"data.root", "data.path", "data.threads", "data_root", "device", "training.device", "threads",
          "training.threads", "jobs", "training.jobs", "runs_dir", "results", "training.limit_batches"})
        EXPECT_EQ(refusal_of([&] { schema_key(name); }).code(), ExitCode::recipe) << name;
}

TEST(Schema, suggests_the_nearest_key) {
    EXPECT_STREQ(refusal_of([] { resolve_key("training.learnig_rate", "x.toml:1:1"); }).what(),
                 "x.toml:1:1: unknown key 'training.learnig_rate'; did you mean 'training.learning_rate'?");
}

TEST(Schema, suggests_the_same_word_in_another_section) {
    EXPECT_EQ(refusal_of([] { schema_key("model.epochs"); }).hint(), "did you mean 'training.epochs'?");
    EXPECT_EQ(refusal_of([] { schema_key("weight_bits"); }).hint(), "did you mean 'quantization.weight_bits'?");
}

TEST(Schema, suggests_a_similar_word_in_another_section) {
    EXPECT_EQ(refusal_of([] { schema_key("epoch"); }).hint(), "did you mean 'training.epochs'?");
}

TEST(Schema, says_that_a_section_is_no_key) {
    EXPECT_THAT(refusal_of([] { schema_key("training"); }).hint(), HasSubstr("training.<key>"));
}

TEST(Schema, shows_hostile_names_short_and_printable) {
    const std::string message = refusal_of([] { schema_key(std::string(5000, 'x') + "\x1b[31m"); }).message();
    EXPECT_LT(message.size(), 200U);
    const std::string escaped = refusal_of([] { schema_key("\x1b[31m\xff"); }).message();
    EXPECT_EQ(escaped.find('\x1b'), std::string::npos);
    EXPECT_EQ(escaped.find('\xff'), std::string::npos);
}

TEST(Schema, finds_options_inside_tables) {
    const KeyPath path = resolve_key("tricks.label_smoothing.amount", "");
    EXPECT_EQ(path.key.name, "tricks");
    EXPECT_EQ(path.option, "label_smoothing.amount");
    EXPECT_EQ(resolve_key("quantization.options.dsq.eq13", "").option, "dsq.eq13");
    EXPECT_EQ(resolve_key("training.epochs", "").option, "");
}

TEST(Schema, finds_no_options_inside_plain_keys) {
    EXPECT_EQ(refusal_of([] { resolve_key("training.epochs.more", ""); }).code(), ExitCode::recipe);
    EXPECT_EQ(refusal_of([] { resolve_key("tricks.", ""); }).code(), ExitCode::recipe);
}

}  // namespace
}  // namespace dsqbench
