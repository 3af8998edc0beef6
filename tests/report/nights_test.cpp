#include "suite/report/nights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "suite/record/json_lines.h"
#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

std::string commit_of(int night) {
    return "commit" + std::to_string(night);
}

Row on_night(Row row, int night) {
    row["commit"] = commit_of(night);
    row["time"] = "2026-11-" + std::string(night < 9 ? "0" : "") + std::to_string(night + 1) + "T03:00:00Z";
    return row;
}

NightReport report_on(const std::vector<Row>& rows) {
    NightRecord record;
    for (const Row& row : rows) {
        const std::string text = to_line(row);
        RowLine line;
        EXPECT_TRUE(line.assign(text, "x:1"));
        record.add(line);
    }
    return record.report();
}

std::vector<Alarm> alarms_of(const std::vector<Row>& rows) {
    return report_on(rows).alarms;
}

// Seven nights of three contenders and five seeds; the accuracy moves from night to night as other seeds would.
std::vector<Row> trainings(unsigned random_seed, double last_drop) {
    std::mt19937 random(random_seed);
    std::normal_distribution<double> noise(0, 0.2);
    std::vector<Row> rows;
    for (int night = 0; night < 7; ++night)
        for (const char* label : {"ste", "dsq", "pact"})
            for (std::uint64_t seed = 0; seed < 5; ++seed) {
                const double drop = night == 6 && std::string(label) == "dsq" ? last_drop : 0;
                rows.push_back(on_night(sample_row(label, seed, 88 - drop + noise(random)), night));
                rows.back()["images_per_second"] = 1000 * (1 + 0.1 * noise(random));
            }
    return rows;
}

std::vector<Row> kernels(unsigned random_seed, double last_factor) {
    std::mt19937 random(random_seed);
    std::normal_distribution<double> noise(0, 0.01);
    std::vector<Row> rows;
    for (int night = 0; night < 7; ++night)
        for (const char* layer : {"conv2", "conv3"}) {
            const double factor = night == 6 && std::string(layer) == "conv3" ? last_factor : 1;
            Row row = sample_kernel_row("avx2", 1e6 * factor * (1 + noise(random)));
            row["layer"] = layer;
            row["command"] = "dsqbench bench --layer " + std::string(layer);
            rows.push_back(on_night(row, night));
        }
    return rows;
}

TEST(Nights, an_accuracy_drop_is_caught_and_named_twenty_times_in_twenty) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        const auto alarms = alarms_of(trainings(seed, 1.0));
        ASSERT_EQ(alarms.size(), 1u) << "random seed " << seed;
        EXPECT_EQ(alarms[0].subject, "small: dsq");
        EXPECT_EQ(alarms[0].since_commit, commit_of(6));
        EXPECT_EQ(alarms[0].last_good_commit, commit_of(5));
        EXPECT_EQ(alarms[0].standing, Alarm::Standing::certain);
    }
}

TEST(Nights, a_slower_kernel_is_suspected_and_named_twenty_times_in_twenty) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        const auto alarms = alarms_of(kernels(seed, 1.3));
        ASSERT_EQ(alarms.size(), 1u) << "random seed " << seed;
        EXPECT_THAT(alarms[0].subject, HasSubstr("resnet18 conv3 avx2"));
        EXPECT_EQ(alarms[0].standing, Alarm::Standing::suspicion);
        EXPECT_THAT(alarms[0].command, HasSubstr("--layer conv3"));
    }
}

TEST(Nights, an_equal_commit_alarms_nobody_in_twenty_repetitions) {
    for (unsigned seed = 100; seed < 120; ++seed) {
        EXPECT_TRUE(alarms_of(trainings(seed, 0)).empty()) << "random seed " << seed;
        EXPECT_TRUE(alarms_of(kernels(seed, 1)).empty()) << "random seed " << seed;
    }
}

// `nights` that repeat five seeds, whose accuracies differ by 0.25 points, and then one night more, `drop` lower.
std::vector<Row> repeated_nights(int nights, std::uint64_t first_seed_of_last, const std::vector<double>& drops) {
    std::vector<Row> rows;
    for (int night = 0; night <= nights; ++night)
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const bool last = night == nights;
            const double top1 = 87.5 + 0.25 * static_cast<double>(seed) - (last ? drops[seed] : 0);
            rows.push_back(on_night(sample_row("dsq", seed + (last ? first_seed_of_last : 0), top1), night));
        }
    return rows;
}

std::vector<Row> two_seeds(std::vector<Row> rows) {
    rows.erase(std::remove_if(rows.begin(), rows.end(), [](const Row& row) { return row["seed"] > 1; }), rows.end());
    return rows;
}

// Seven equal nights of five seeds are five runs: Welch's p is 0.013 with them, and 0.008 with thirty-five.
TEST(Nights, a_run_that_every_night_repeats_counts_once) {
    EXPECT_TRUE(alarms_of(repeated_nights(7, 100, {0.8, 0.8, 0.8, 0.8, 0.8})).empty());
}

// Welch's test, which does not know the seeds, has p = 0.013 for the same numbers.
TEST(Nights, a_drop_in_every_seed_is_seen_though_the_seeds_differ_by_more) {
    for (const int nights : {1, 7}) {
        const auto alarms = alarms_of(repeated_nights(nights, 0, {0.7, 0.8, 0.9, 0.75, 0.85}));
        ASSERT_EQ(alarms.size(), 1u) << nights;
        EXPECT_EQ(alarms[0].change, "−0.80 points");
        EXPECT_LT(*alarms[0].p_value, 0.001);
    }
    EXPECT_TRUE(alarms_of(repeated_nights(7, 0, {0.1, 0.15, 0.2, 0.15, 0.1})).empty()) << "that nobody minds";
}

TEST(Nights, a_seed_is_held_against_its_own_nights_whichever_they_are) {
    auto rows = repeated_nights(3, 0, {0.7, 0.8, 0.9, 0.75, 0.85});
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [](const Row& row) {
                                  const std::uint64_t seed = row["seed"];
                                  return (row["commit"] == commit_of(0) && seed < 2) ||
                                         (row["commit"] == commit_of(1) && seed > 2) ||
                                         (row["commit"] == commit_of(2) && seed > 0);
                              }),
               rows.end());
    const auto alarms = alarms_of(rows);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].change, "−0.80 points");
}

TEST(Nights, the_same_drop_in_every_seed_needs_no_test) {
    const auto alarms = alarms_of(repeated_nights(1, 0, {0.8, 0.8, 0.8, 0.8, 0.8}));
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_FALSE(alarms[0].p_value);
    EXPECT_TRUE(alarms_of(two_seeds(repeated_nights(1, 0, {0.8, 0.8, 0.8, 0.8, 0.8}))).empty())
        << "two agree by chance";
    const auto equal = report_on(two_seeds(repeated_nights(1, 0, {0, 0, 0, 0, 0})));
    EXPECT_TRUE(equal.alarms.empty());
    EXPECT_EQ(equal.compared, 1u) << "of accuracy and speed, which one night before does not tell";
}

TEST(Nights, a_drop_is_measured_from_the_last_good_night) {
    auto rows = repeated_nights(5, 0, {6.1, 5.9, 6.2, 5.8, 6});
    for (Row& row : rows)
        if (row["commit"] >= commit_of(3) && row["commit"] <= commit_of(4)) row["top1"] = row["top1"].get<double>() - 6;
    const auto alarms = alarms_of(rows);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].change, "−6.00 points");
    EXPECT_EQ(alarms[0].last_good_commit, commit_of(2));
}

// As the seeds of one contender on one protocol: 2 points between seeds, 0.5 between a seed's nights.
TEST(Nights, alarms_where_nothing_changed_are_rarer_than_one_in_a_hundred) {
    std::mt19937 random(1);
    std::normal_distribution<double> noise(0, 1);
    int alarmed = 0;
    for (int repetition = 0; repetition < 1000; ++repetition) {
        std::vector<double> seeds(5);
        for (double& top1 : seeds) top1 = 80 + 2 * noise(random);
        std::vector<Row> rows;
        for (int night = 0; night < 5; ++night)
            for (std::uint64_t seed = 0; seed < 5; ++seed)
                rows.push_back(on_night(sample_row("dsq", seed, seeds[seed] + 0.5 * noise(random)), night));
        alarmed += alarms_of(rows).empty() ? 0 : 1;
    }
    EXPECT_LE(alarmed, 10);
}

TEST(Nights, a_faster_kernel_and_a_better_accuracy_are_no_regression) {
    EXPECT_TRUE(alarms_of(kernels(0, 0.7)).empty());
    EXPECT_TRUE(alarms_of(trainings(0, -2)).empty());
}

TEST(Nights, a_regression_is_dated_to_its_first_commit) {
    auto rows = kernels(3, 1);
    for (Row& row : rows)
        if (row["layer"] == "conv3" && row["commit"] >= commit_of(5)) row["median_ns"] = 1.4e6;
    const auto alarms = alarms_of(rows);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].since_commit, commit_of(5));
    EXPECT_EQ(alarms[0].last_good_commit, commit_of(4));
}

TEST(Nights, a_contender_that_stops_converging_alarms_without_a_test) {
    auto rows = trainings(0, 0);
    rows.back()["outcome"] = "not converged";
    rows.back().erase("top1");
    const auto alarms = alarms_of(rows);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].change, "1 of 5, none before");
}

TEST(Nights, a_slower_rival_is_no_regression_of_ours) {
    auto rows = kernels(0, 1.5);
    for (Row& row : rows) row.erase("instruction_set");
    EXPECT_TRUE(alarms_of(rows).empty());
}

// Emulated processors and other shapes of one layer are cases of their own.
TEST(Nights, cases_that_differ_in_any_field_of_their_identity_are_not_mixed) {
    for (const char* field : {"shape", "processor", "held_to", "cache", "variant", "instruction_set"}) {
        auto rows = kernels(0, 1);
        for (Row& row : rows)
            if (row["commit"] == commit_of(6)) {
                row[field] = "another";
                row["median_ns"] = 9e6;
            }
        const std::size_t expected = std::string(field) == "instruction_set" ? 2 : 0;
        EXPECT_EQ(alarms_of(rows).size(), expected) << field;
    }
}

TEST(Nights, a_slower_network_is_suspected_though_it_was_trained_again) {
    std::vector<Row> rows;
    for (int night = 0; night < 5; ++night) {
        rows.push_back(on_night(sample_network_row(night == 4 ? 9e6 : 5e6 + 1e3 * night), night));
        rows.back()["weights_sha256"] = sha256_hex("weights of night " + std::to_string(night));
    }
    const auto alarms = alarms_of(rows);
    ASSERT_EQ(alarms.size(), 1u);
    EXPECT_EQ(alarms[0].subject, "resnet8 dsq dsqbench W2A2, 1 thread, 1 image, test-board");
    EXPECT_EQ(alarms[0].case_fields.at("variant"), "dsqbench");
    EXPECT_FALSE(alarms[0].case_fields.contains("weights_sha256"));
    for (Row& row : rows) row["variant"] = "onednn/network_u8s8";
    EXPECT_TRUE(alarms_of(rows).empty()) << "of a rival";
}

TEST(Nights, a_drop_names_the_command_that_repeats_it) {
    auto rows = trainings(0, 3);
    EXPECT_EQ(alarms_of(rows).at(0).command, "dsqbench run --recipe small --quantizer dsq --seeds 0,1,2,3,4");
    for (Row& row : rows) row["recipe"] = "ablations/small";
    EXPECT_EQ(alarms_of(rows).at(0).command, "dsqbench ablate --recipe ablations/small --seeds 0,1,2,3,4");
}

TEST(Nights, one_night_or_none_says_nothing) {
    EXPECT_TRUE(alarms_of({}).empty());
    EXPECT_TRUE(alarms_of({on_night(sample_row("dsq", 0, 10), 0)}).empty());
    EXPECT_TRUE(alarms_of({on_night(sample_row("dsq", 0, 90), 0), on_night(sample_row("dsq", 0, 10), 1)}).empty())
        << "a single seed cannot be tested";
}

TEST(Nights, a_report_says_how_many_cases_it_compared) {
    const NightReport all = report_on(kernels(0, 1));
    EXPECT_EQ(all.commit, commit_of(6));
    EXPECT_EQ(all.cases, 2u);
    EXPECT_EQ(all.compared, 2u);
    EXPECT_THAT(format_text(all), HasSubstr("no regression"));

    auto rows = kernels(0, 1);
    rows.back()["layer"] = "conv4";  // which no night before has
    EXPECT_EQ(report_on(rows).compared, 1u);

    const NightReport first = report_on({on_night(sample_row("dsq", 0, 10), 0)});
    EXPECT_EQ(first.compared, 0u);
    EXPECT_THAT(format_text(first), testing::Not(HasSubstr("no regression")));
}

TEST(Nights, a_single_seed_a_night_is_not_compared) {
    const NightReport report =
        report_on({on_night(sample_row("dsq", 0, 90), 0), on_night(sample_row("dsq", 0, 10), 1)});
    EXPECT_EQ(report.cases, 2u) << "accuracy and speed";
    EXPECT_EQ(report.compared, 0u);
}

TEST(Nights, unpublishable_rows_count_for_nothing) {
    auto rows = trainings(0, 5);
    for (Row& row : rows)
        if (row["commit"] == commit_of(6)) row["publishable"] = false;
    EXPECT_TRUE(alarms_of(rows).empty());
}

}  // namespace
}  // namespace dsqbench
