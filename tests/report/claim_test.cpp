#include "suite/report/claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/recipe/recipe.h"
#include "tests/record/sample_row.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using Kind = VerdictKind;

const std::string head =
    "claim = \"c\"\nmade_by = \"m\"\nwhere = \"w\"\nmeasure = \"x\"\ncommands = [\"dsqbench run\"]\n[rule]\n";

Claim claim_of(const std::string& rule) {
    return parse_claim(head + rule, "claims/c.toml");
}

const std::string difference = "kind = \"difference\"\nrecipes = [\"small\"]\nbetter = \"dsq\"\nworse = \"ste\"\n";

std::string refusal(const std::string& text) {
    const Error error = refusal_of([&] { parse_claim(text, "claims/c.toml"); });
    EXPECT_EQ(error.code(), ExitCode::data);
    return error.what();
}

Evidence evidence_of(const std::vector<std::pair<std::string, std::vector<double>>>& contenders) {
    Evidence evidence;
    for (const auto& [label, top1] : contenders)
        for (std::size_t seed = 0; seed < top1.size(); ++seed)
            evidence.rows.push_back(complete_row(sample_row(label, seed, top1[seed])));
    evidence.protocol_of = [](const std::string& recipe) {
        if (recipe != "small") throw Error(ExitCode::recipe, "unknown recipe");
        return sha256_hex("protocol");
    };
    evidence.recipe_id_of_cell = [](const std::string&, const std::string& cell) {
        if (cell == "unknown") throw Error(ExitCode::recipe, "no such cell");
        return sha256_hex("recipe of " + cell);
    };
    return evidence;
}

Kind verdict_of(const std::string& rule, const Evidence& evidence) {
    return judge(claim_of(rule), evidence).kind;
}

TEST(Claim, slips_are_refused_with_their_place) {
    EXPECT_THAT(refusal("claim = \"c\"\n"), testing::HasSubstr("is missing"));
    EXPECT_THAT(refusal(head + "kind = \"diference\"\n"),
                testing::HasSubstr("claims/c.toml:7:1: 'kind' cannot be 'diference'; did you mean 'difference'?"));
    EXPECT_THAT(refusal(head + difference + "tolerance = 1\n"), testing::HasSubstr("c.toml:11:1: unknown key"));
    EXPECT_THAT(refusal(head + "kind = \"difference\"\nbetter = \"dsq\"\n"), testing::HasSubstr("is missing"));
    EXPECT_THAT(refusal(head + "kind = \"run_statistic\"\nrecipes = [\"a\"]\ncontender = \"dsq\"\n" +
                        "statistic = \"alpha_hump_share\"\n"),
                testing::HasSubstr("one of 'above' and 'below'"));
    EXPECT_THAT(refusal(head + difference + "[extra]\na = 1\n"), testing::HasSubstr("unknown table 'extra'"));
}

TEST(Claim, of_a_difference_is_decided_by_its_interval) {
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}})), Kind::holds);
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {86, 87.1, 87.9}}, {"ste", {88, 89, 90}}})),
              Kind::does_not_hold);
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {88, 86, 90}}, {"ste", {86, 89, 88}}})), Kind::undecided);
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {99}}, {"ste", {1}}})), Kind::undecided) << "one seed";
    EXPECT_EQ(
        verdict_of(difference + "at_least = 5\n", evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}})),
        Kind::does_not_hold);
}

TEST(Claim, seeds_that_all_say_the_same_decide) {
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87, 88}}})), Kind::holds);
    EXPECT_EQ(verdict_of(difference, evidence_of({{"dsq", {88, 89, 90}}, {"ste", {88, 89, 90}}})), Kind::does_not_hold);
}

TEST(Claim, of_rows_that_contradict_each_other_is_undecided_and_says_so) {
    auto evidence = evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}});
    evidence.rows.back()["dataset_fingerprint"] = sha256_hex("others");
    const auto verdict = judge(claim_of(difference), evidence);
    EXPECT_EQ(verdict.kind, Kind::undecided);
    EXPECT_THAT(verdict.reason, testing::HasSubstr("come from other data"));
}

const std::string latency =
    "kind = \"latency_ratio\"\nnetwork = \"resnet18\"\nlayers = [\"stage1\"]\ninstruction_set = \"NEON\"\n"
    "variant = \"neon/outer_product\"\nslow_bits = 4\nfast_bits = 2\nlow = 1.15\nhigh = 1.27\n";

Row kernel_row(int bits, double median_ns, const std::string& variant = "neon/outer_product") {
    Row row = sample_kernel_row(variant, median_ns);
    row["weight_bits"] = row["activation_bits"] = bits;
    return complete_row(row);
}

TEST(Claim, of_latency_divides_times_of_one_case) {
    Evidence evidence = evidence_of({});
    evidence.rows = {kernel_row(4, 1.2e6), kernel_row(2, 1e6)};
    const auto verdict = judge(claim_of(latency), evidence);
    EXPECT_EQ(verdict.kind, Kind::holds) << verdict.reason;
    EXPECT_EQ(verdict.row_ids.size(), 2u);
    evidence.rows.push_back(kernel_row(2, 9e6, "neon/outer_product_wide"));
    EXPECT_EQ(judge(claim_of(latency), evidence).kind, Kind::holds) << "another variant";
    evidence.rows.push_back(kernel_row(2, 0.5e6));
    evidence.rows.back()["time"] = "2026-11-24T00:00:00Z";
    EXPECT_EQ(judge(claim_of(latency), evidence).kind, Kind::does_not_hold) << "the newest time counts";
    for (const char* field : {"machine", "processor", "held_to", "shape", "cache", "layer"}) {
        evidence.rows = {kernel_row(4, 1.2e6), kernel_row(2, 1e6)};
        evidence.rows[1][field] = "another";
        EXPECT_EQ(judge(claim_of(latency), evidence).kind, Kind::not_run_here) << field;
    }
}

// Rows as `dsqbench bench` stores them when the claim's own command is run on the machine that it asks for.
TEST(ShippedClaims, the_one_about_latency_is_judged_by_the_rows_of_its_command) {
    const Claim claim = read_claim(std::filesystem::path(DSQBENCH_SOURCE_DIR) /
                                   "recipes/claims/fewer-bits-not-proportionally-faster.toml");
    EXPECT_THAT(claim.commands.at(0), testing::HasSubstr("--kernel " + claim.rule.text("variant")));
    EXPECT_THAT(claim.commands.at(0), testing::HasSubstr("--results"));
    Evidence evidence = evidence_of({});
    for (const auto& layer : claim.rule.texts("layers")) {
        EXPECT_THAT(claim.commands.at(0), testing::HasSubstr("--layer " + layer));
        for (const int bits : {2, 4}) {
            evidence.rows.push_back(kernel_row(bits, bits == 2 ? 1e6 : 1.2e6));
            evidence.rows.back()["layer"] = layer;
        }
    }
    EXPECT_EQ(judge(claim, evidence).kind, Kind::holds);
}

TEST(Claim, without_data_says_what_is_missing_and_never_passes) {
    const auto verdict = judge(claim_of(difference), evidence_of({{"dsq", {88, 89}}}));
    EXPECT_EQ(verdict.kind, Kind::not_run_here);
    EXPECT_THAT(verdict.reason, testing::HasSubstr("needs ste in small"));
    EXPECT_THAT(judge(claim_of(difference), evidence_of({})).reason, testing::HasSubstr("needs rows of small"));
    Evidence unknown = evidence_of({});
    unknown.protocol_of = [](const std::string&) -> std::string {
        throw Error(ExitCode::recipe, "unknown recipe 'x'");
    };
    EXPECT_THAT(judge(claim_of(difference), unknown).reason, testing::HasSubstr("unknown recipe"));
}

TEST(Claim, counts_no_row_that_could_not_be_published_and_none_of_a_changed_recipe) {
    auto evidence = evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}});
    for (Row& row : evidence.rows) row["publishable"] = false;
    EXPECT_EQ(verdict_of(difference, evidence), Kind::not_run_here);
    evidence = evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}});
    for (Row& row : evidence.rows) row["protocol_id"] = sha256_hex("older");
    EXPECT_THAT(judge(claim_of(difference), evidence).reason, testing::HasSubstr("another protocol"));
    evidence = evidence_of({{"dsq", {88, 89, 90}}, {"ste", {86, 87.1, 87.9}}});
    for (Row& row : evidence.rows) row["evaluated_on"] = "validation";
    EXPECT_EQ(verdict_of(difference, evidence), Kind::not_run_here);
}

TEST(Claim, of_the_largest_step_compares_it_with_every_other) {
    const std::string rule = "kind = \"largest_step\"\nrecipes = [\"small\"]\nsteps = [\"a\", \"b\", \"c\", \"d\"]\n";
    const std::vector<double> a{80, 81, 82}, b{80.3, 81.2, 82.4}, c{80.5, 81.6, 82.6}, d{83, 84, 85.1};
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", b}, {"c", c}, {"d", d}})), Kind::holds);
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", d}, {"c", d}, {"d", {83.1, 84.2, 85.1}}})),
              Kind::does_not_hold);
}

TEST(Claim, of_a_published_number_wants_the_interval_inside_the_band) {
    const std::string rule = "kind = \"within\"\nrecipes = [\"small\"]\ncontender = \"dsq\"\npublished = \"f/k\"\n";
    auto evidence = evidence_of({{"dsq", {88.0, 88.1, 88.2}}});
    PublishedNumber number;
    number.file = "f";
    number.key = "k";
    number.metric = "top1";
    number.value = 88.4;
    EXPECT_EQ(verdict_of(rule + "tolerance = 1\n", evidence), Kind::not_run_here) << "no such number";
    evidence.published = {number};
    EXPECT_EQ(verdict_of(rule + "tolerance = 1\n", evidence), Kind::holds);
    EXPECT_EQ(verdict_of(rule + "tolerance = 0.3\n", evidence), Kind::undecided);
    EXPECT_EQ(verdict_of(rule + "tolerance = 0.3\n",
                         [&] {
                             auto unanimous = evidence_of({{"dsq", {88.2, 88.2, 88.2}}});
                             unanimous.published = evidence.published;
                             return unanimous;
                         }()),
              Kind::holds)
        << "seeds that agree have no spread, and are no less certain for it";
    evidence.published[0].value = 95;
    EXPECT_EQ(verdict_of(rule + "tolerance = 1\n", evidence), Kind::does_not_hold);
}

TEST(Claim, of_the_recipes_share_needs_all_four_cells_and_a_gain) {
    const std::string rule =
        "kind = \"recipe_share\"\nold_old = \"small:a\"\nold_new = \"small:b\"\nnew_old = \"small:c\"\n"
        "new_new = \"small:d\"\nlow = 0.7\nhigh = 0.9\n";
    const std::vector<double> a{80, 80.1, 79.9, 80}, b{88, 88.2, 87.9, 88.1}, c{82, 82.1, 81.9, 81.9},
        d{90, 90.1, 90, 89.9};
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", b}, {"c", c}, {"d", d}})), Kind::holds) << "8 of 10 points";
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", c}, {"c", b}, {"d", d}})), Kind::does_not_hold)
        << "2 of 10";
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", b}, {"c", c}})), Kind::not_run_here);
    auto changed = evidence_of({{"a", a}, {"b", b}, {"c", c}, {"d", d}});
    changed.recipe_id_of_cell = [](const std::string&, const std::string& cell) {
        return sha256_hex((cell == "d" ? "changed recipe of " : "recipe of ") + cell);
    };
    EXPECT_THAT(judge(claim_of(rule), changed).reason, testing::HasSubstr("needs rows of d in small"));
    EXPECT_EQ(verdict_of(rule, evidence_of({{"a", a}, {"b", a}, {"c", a}, {"d", {80.1, 79.9, 80, 80}}})),
              Kind::undecided);
}

TEST(Claim, of_a_run_reads_its_metrics_and_misses_them_by_name) {
    const TemporaryFolder folder;
    auto evidence = evidence_of({{"dsq", {88, 89}}});
    evidence.base = folder.path();
    const std::string rule =
        "kind = \"run_statistic\"\nrecipes = [\"small\"]\ncontender = \"dsq\"\nstatistic = \"alpha_hump_share\"\nabove "
        "= 0.5\n";
    const auto verdict = judge(claim_of(rule), evidence);
    EXPECT_EQ(verdict.kind, Kind::not_run_here);
    EXPECT_THAT(verdict.reason, testing::HasSubstr("the run directory runs/small/dsq-s"));
    for (Row& row : evidence.rows) row["run_statistics"] = "{\"alpha_hump_share\":0.75}";
    EXPECT_EQ(verdict_of(rule, evidence), Kind::holds) << "rows carry it";
    for (Row& row : evidence.rows) row["run_statistics"] = "{\"alpha_hump_share\":";
    EXPECT_EQ(verdict_of(rule, evidence), Kind::not_run_here);
}

TEST(ShippedClaims, load_and_refer_to_what_exists) {
    const std::filesystem::path source = DSQBENCH_SOURCE_DIR;
    const auto claims = claims_in(source / "recipes/claims");
    std::set<std::string> keys;
    for (const auto& number : published_in(source / "results/published")) keys.insert(number.file + "/" + number.key);
    std::set<std::string> names;
    for (const Claim& claim : claims) {
        names.insert(claim.name);
        if (claim.rule.is_text("kind", "within")) {
            EXPECT_EQ(keys.count(claim.rule.text("published")), 1u) << claim.name << claim.rule.text("published");
        }
        for (const auto& command : claim.commands) EXPECT_EQ(command.substr(0, 9), "dsqbench ") << claim.name;
        EXPECT_EQ(judge(claim, evidence_of({})).kind, Kind::not_run_here) << claim.name;
    }
    for (const auto* name :
         {"soft-forward-error", "alpha-rises-then-falls", "learned-clipping-adds-most", "recipe-share-ste-dsq",
          "outliers-dominate", "accumulations-before-widening", "piecewise-over-binary-1bit"})
        EXPECT_EQ(names.count(name), 1u) << name;
    EXPECT_GE(claims.size(), 55u);
    for (const auto* row : {"uniform", "dsq-fixed-alpha", "dsq-learned-alpha", "dsq-learned-alpha-l-u"})
        for (const auto* metric : {"", "-top5"})
            EXPECT_EQ(names.count("table4-" + std::string(row) + "-resnet20-w2a2" + metric), 1u) << row << metric;
}

}  // namespace
}  // namespace dsqbench
