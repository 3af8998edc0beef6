#include "suite/report/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

const std::string head = "paper = \"P: someone\"\ntable = \"7\"\ntitle = \"t\"\n";
const std::string common = "[common]\nmetric = \"top1\"\nconfidence = \"read\"\n[numbers]\n";

std::string refusal(const std::string& text) {
    const Error error = refusal_of([&] { parse_published(text, "published/x.toml"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

TEST(Published, numbers_take_what_they_lack_from_the_common_table) {
    const auto numbers =
        parse_published(head + common + "a = { method = \"M\", value = 65.17 }\n" +
                            "b = { method = \"M\", value = 0.5, metric = \"alpha\", source = \"s\" }\n",
                        "published/x.toml");
    ASSERT_EQ(numbers.size(), 2u);
    EXPECT_EQ(numbers[0].file + "/" + numbers[0].key, "x/a");
    EXPECT_EQ(numbers[0].source, "table 7");
    EXPECT_EQ(numbers[0].metric, "top1");
    EXPECT_EQ(numbers[1].metric, "alpha");
    EXPECT_EQ(numbers[1].source, "s");
}

TEST(Published, slips_are_refused_with_their_place) {
    EXPECT_THAT(refusal(head + common + "a = { methud = \"M\", value = 1 }\n"),
                testing::HasSubstr("published/x.toml:8:7: unknown key 'methud'; did you mean 'method'?"));
    EXPECT_THAT(refusal(head + common + "a = { method = \"M\", value = \"65\" }\n"),
                testing::HasSubstr(":8:21: 'value' must be a number"));
    EXPECT_THAT(refusal(head + common + "a = { method = \"M\", value = 651.7 }\n"),
                testing::HasSubstr("between 0 and 100"));
    EXPECT_THAT(refusal(head + common + "a = { method = \"M\", value = nan }\n"), testing::HasSubstr("a number"));
    EXPECT_THAT(refusal(head + common + "a = { method = \"M\" }\n"), testing::HasSubstr("has neither 'value'"));
    EXPECT_THAT(refusal(head + common + "a = { value = 1 }\n"), testing::HasSubstr("'method' is missing"));
    EXPECT_THAT(refusal(head + common + "a = 3\n"), testing::HasSubstr("unknown table 'numbers'"));
    EXPECT_THAT(refusal(head + common + "a = { method = \"M\", value = 1, confidence = \"sure\" }\n"),
                testing::HasSubstr("'confidence' cannot be 'sure'"));
}

TEST(Published, a_number_without_a_source_is_refused) {
    const std::string no_table = "paper = \"P: someone\"\ntitle = \"t\"\n";
    EXPECT_THAT(refusal(no_table + common + "a = { method = \"M\", value = 1 }\n"),
                testing::HasSubstr("the number has no source"));
}

TEST(Published, empty_truncated_and_foreign_files_are_refused) {
    EXPECT_THAT(refusal(""), testing::HasSubstr("'paper' is missing"));
    EXPECT_THAT(refusal(head), testing::HasSubstr("holds no number"));
    EXPECT_THAT(refusal(head + "[common]\nmetric = \"to"), testing::HasSubstr("not valid TOML"));
    EXPECT_THAT(refusal("\xFF\xFE"), testing::HasSubstr("is not UTF-8"));
    EXPECT_THAT(refusal(head + common + "a = {}\n"), testing::HasSubstr("'method' is missing"));
}

class ShippedNumbers : public testing::Test {
protected:
    double value_of(const std::string& file, const std::string& key) const {
        for (const auto& number : numbers_)
            if (number.file == file && number.key == key) return number.value.value_or(-1);
        return std::nan("");
    }

    std::vector<PublishedNumber> numbers_ = published_in(DSQBENCH_SOURCE_DIR "/results/published");
};

// Anchors of the papers, typed here a second time.
TEST_F(ShippedNumbers, say_what_the_papers_say) {
    EXPECT_EQ(value_of("dsq_table7", "dsq-resnet18-w2a2"), 65.17);
    EXPECT_EQ(value_of("dsq_table4", "dsq-learned-alpha-l-u-resnet20-w2a2"), 88.44);
    EXPECT_EQ(value_of("dsq_table6", "dorefa-resnet20-w1a1"), 79.30);
    EXPECT_EQ(value_of("dsq_table9", "ncnn-w8a8"), 935.51);
    EXPECT_EQ(value_of("mqbench_table4", "dorefa-mobilenet-v2-w4a4"), -1) << "not converged";
    EXPECT_EQ(value_of("mqbench_table7", "dsq-mobilenet-v2-w4a4-tvm"), 29.4);
    EXPECT_EQ(value_of("lsq", "lsq-resnet18-w2a2"), 67.6);
}

TEST_F(ShippedNumbers, cover_every_table_of_the_paper) {
    std::set<std::string> files;
    for (const auto& number : numbers_) files.insert(number.file);
    for (int table = 1; table <= 9; ++table) EXPECT_EQ(files.count("dsq_table" + std::to_string(table)), 1u) << table;
    for (const auto* file : {"mqbench_table4", "mqbench_table7", "pact", "lqnets", "lsq", "apot", "n2uq"})
        EXPECT_EQ(files.count(file), 1u) << file;
}

// MQBench prints its means too. All is rounded to 0.1: the mean of five numbers errs by up to 0.05, the printed one by
// as much again.
TEST_F(ShippedNumbers, add_up_to_the_means_that_the_paper_prints) {
    for (const auto* method : {"LSQ", "APoT", "QIL", "DSQ", "PACT", "DoReFa"}) {
        double sum = 0, printed = 0;
        for (const auto& number : numbers_) {
            if (number.file != "mqbench_table4" || number.method != method || !number.quoted_from.empty()) continue;
            (number.model == "mean of five" ? printed : sum) += number.value.value_or(0);
        }
        EXPECT_NEAR(sum / 5, printed, 0.1) << method;
    }
}

// Numbers that no contender of ours stands for are never shown beside ours.
TEST_F(ShippedNumbers, stand_beside_the_contenders_that_their_tables_are_about) {
    std::map<std::string, std::set<std::string>> contenders;
    for (const auto& number : numbers_) {
        if (!number.contender.empty()) contenders[number.file].insert(number.contender);
        if (number.key.ends_with("-reported")) {
            EXPECT_EQ(number.contender, "") << number.key;
        }
    }
    const std::map<std::string, std::set<std::string>> expected{
        {"pact", {"pact", "dorefa", "fp32"}},
        {"lsq", {"lsq", "fp32"}},
        {"lqnets", {"fp32"}},
        {"apot", {"fp32"}},
        {"fda_bnn", {"dorefa"}},
        {"n2uq", {"dorefa", "fp32"}},
        {"dsq_table3", {"fp32", "ste", "dsq-fixed"}},
        {"dsq_table4", {"ste", "dsq-fixed", "dsq-alpha", "dsq"}},
        {"dsq_table5", {"pact", "dsq/pact"}},
        {"dsq_table6", {"fp32", "dorefa", "dsq-fixed"}},
        {"dsq_table7", {"fp32", "pact", "dsq", "dsq-fixed"}},
        {"mqbench_table4", {"fp32", "lsq", "dsq-mqbench", "pact", "dorefa"}}};
    EXPECT_EQ(contenders, expected);
}

TEST(Published, a_table_shows_value_runs_and_confidence) {
    const auto numbers = parse_published(
        head + common + "a = { method = \"M\", value = 90.16, spread = 0.08, runs = 5, weight_bits = 2 }\n", "x.toml");
    EXPECT_THAT(format_table(numbers), testing::HasSubstr("90.16 ± 0.08 (5)"));
    EXPECT_THAT(format_table(numbers), testing::HasSubstr("2/?"));
    EXPECT_EQ(to_json(numbers)[0]["value"], 90.16);
}

}  // namespace
}  // namespace dsqbench
