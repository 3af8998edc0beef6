#include "suite/recipe/matrix.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<Contender> two{{"fp32", "fp32", "fp32"}, {"dsq", "dsq", "dsq"}};

std::vector<std::string> labels_of(const std::vector<RunRequest>& requests) {
    std::vector<std::string> labels;
    for (const RunRequest& request : requests) labels.push_back(request.label + "#" + std::to_string(request.seed));
    return labels;
}

TEST(ParseContender, reads_one_quantizer_or_a_pair) {
    const Contender bare = parse_contender("ste-lu"), pair = parse_contender("dorefa/pact");
    EXPECT_EQ(bare.weight, "ste-lu");
    EXPECT_EQ(bare.activation, "ste-lu");
    EXPECT_EQ(pair.label, "dorefa/pact");
    EXPECT_EQ(pair.weight, "dorefa");
    EXPECT_EQ(pair.activation, "pact");
}

TEST(ParseContender, refuses_everything_else) {
    for (const char* text : {"", "/", "a/", "/b", "a/b/c", "../x", "DSQ", "a b"})
        EXPECT_EQ(refusal_of([&] { parse_contender(text); }).code(), ExitCode::recipe) << text;
}

TEST(Expand, makes_a_run_of_every_contender_and_seed) {
    const auto requests = expand(Recipe(), two, {}, {0, 7});
    EXPECT_THAT(labels_of(requests), ElementsAre("fp32#0", "fp32#7", "dsq#0", "dsq#7"));
    EXPECT_EQ(requests[3].recipe.text("quantization.weight"), "dsq");
    EXPECT_EQ(requests[3].recipe.text("quantization.activation"), "dsq");
    EXPECT_EQ(requests[0].recipe.protocol_id(), requests[3].recipe.protocol_id());
}

TEST(Expand, combines_all_sweeps) {
    const auto requests = expand(Recipe(), {two[1]}, {"training.epochs=2,3", "training.schedule=step,cosine"}, {0});
    EXPECT_THAT(labels_of(requests), ElementsAre("dsq training.epochs=2 training.schedule=step#0",
                                                 "dsq training.epochs=2 training.schedule=cosine#0",
                                                 "dsq training.epochs=3 training.schedule=step#0",
                                                 "dsq training.epochs=3 training.schedule=cosine#0"));
    EXPECT_EQ(requests[2].recipe.integer("training.epochs"), 3);
    EXPECT_EQ(requests[2].recipe.text("training.schedule"), "step");
    EXPECT_EQ(requests[2].recipe.origin("training.epochs"), "--over");
}

TEST(Expand, refuses_two_labels_for_one_training) {
    const Error error = refusal_of([] {
        expand(Recipe(), {{"dsq", "dsq", "dsq"}, {"dsq/dsq", "dsq", "dsq"}}, {}, {0});
    });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_THAT(error.message(), HasSubstr("'dsq' and 'dsq/dsq'"));
    EXPECT_EQ(refusal_of([] { expand(Recipe(), two, {"training.gamma=0.1,1e-1"}, {0}); }).code(), ExitCode::recipe);
}

TEST(Expand, refuses_one_label_twice) {
    EXPECT_THAT(refusal_of([] { expand(Recipe(), {two[1], two[1]}, {}, {0}); }).message(), HasSubstr("twice"));
}

TEST(Expand, sweeps_the_protocol_only) {
    for (const char* sweep : {"quantization.weight=dsq,ste", "seeds=0,1", "contenders=dsq"})
        EXPECT_EQ(refusal_of([&] { expand(Recipe(), two, {sweep}, {0}); }).code(), ExitCode::usage) << sweep;
}

TEST(Expand, checks_every_combination) {
    EXPECT_EQ(refusal_of([] { expand(Recipe(), two, {"training.warmup_epochs=0,5"}, {0}); }).code(), ExitCode::recipe);
    EXPECT_EQ(refusal_of([] { expand(Recipe(), two, {"training.epochs=1,x"}, {0}); }).code(), ExitCode::recipe);
}

TEST(Expand, refuses_studies_that_nobody_means) {
    const std::vector<std::uint64_t> seeds = parse_seeds("0..9999");
    EXPECT_EQ(refusal_of([&] { expand(Recipe(), two, {}, seeds); }).code(), ExitCode::usage);
}

}  // namespace
}  // namespace dsqbench
