#include "suite/report/leaderboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/record/json_lines.h"
#include "suite/report/markup.h"
#include "suite/report/svg_plot.h"
#include "tests/record/sample_row.h"
#include "tests/record/sample_throughput_row.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string html_of(const Leaderboard& board) {
    return leaderboard_html(board, leaderboard_plots(board));
}
nlohmann::json json_of(const Leaderboard& board) {
    return leaderboard_json(board, leaderboard_plots(board));
}

class Board : public testing::Test {
protected:
    void add(Row row) {
        const std::string text = to_line(complete_row(std::move(row)));
        RowLine line;
        ASSERT_TRUE(line.assign(text, "x:1"));
        builder_.add(line);
    }

    void add_contender(const std::string& label, const std::vector<double>& top1) {
        for (std::size_t seed = 0; seed < top1.size(); ++seed) add(sample_row(label, seed, top1[seed]));
    }

    std::map<std::string, int> ranks() const {
        std::map<std::string, int> ranks;
        for (const auto& line : builder_.build({}).lines) ranks[line.contender.label] = line.rank;
        return ranks;
    }

    // The only plot of its kind, whose name it gives.
    static std::pair<std::string, Plot> only_plot(const Leaderboard& board, const std::string& kind) {
        for (const BoardPlots& plots : leaderboard_plots(board))
            if (plots.kind == kind && plots.plots.size() == 1) return *plots.plots.begin();
        ADD_FAILURE() << "not one plot of the kind " << kind;
        return {};
    }

    LeaderboardBuilder builder_;
};

TEST_F(Board, contenders_that_do_not_differ_share_a_rank) {
    add_contender("a", {90, 91, 92});
    add_contender("b", {89.9, 91.1, 91.9});
    add_contender("c", {80, 81.1, 82});
    add_contender("d", {80.1, 81, 81.9});
    EXPECT_EQ(ranks(), (std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 3}, {"d", 3}}));
}

TEST_F(Board, contenders_that_every_seed_sets_apart_by_the_same_amount_differ) {
    add_contender("a", {90, 91, 92});
    add_contender("b", {85, 86, 87});
    EXPECT_EQ(ranks(), (std::map<std::string, int>{{"a", 1}, {"b", 2}}));
}

TEST_F(Board, a_single_seed_separates_nothing) {
    add_contender("a", {90});
    add_contender("b", {10});
    EXPECT_EQ(ranks(), (std::map<std::string, int>{{"a", 1}, {"b", 1}}));
}

TEST_F(Board, a_contender_that_never_converged_has_no_rank) {
    add_contender("a", {90, 91});
    Row diverged = sample_row("b", 0);
    diverged["outcome"] = "not converged";
    diverged.erase("top1");
    add(diverged);
    EXPECT_EQ(ranks().at("b"), 0);
    EXPECT_THAT(html_of(builder_.build({})), HasSubstr("1 not converged"));
}

TEST_F(Board, counts_the_newest_row_of_a_seed_and_no_unpublishable_one) {
    add(sample_row("a", 0, 80));
    Row later = sample_row("a", 0, 85);
    later["time"] = "2026-11-24T00:00:00Z";
    add(later);
    add(sample_row("a", 0, 70));  // written later, measured earlier
    Row shortened = sample_row("a", 1, 10);
    shortened["publishable"] = false;
    shortened["unpublishable_reason"] = "cut short";
    add(shortened);
    const auto board = builder_.build({});
    ASSERT_EQ(board.lines.size(), 1u);
    EXPECT_EQ(board.lines[0].contender.top1_mean, 85);
    EXPECT_EQ(board.rows, 4u);
    EXPECT_EQ(board.unpublishable, 1u);
    EXPECT_EQ(board.trend.size(), 2u) << "two days";
}

TEST_F(Board, names_the_seeds_spread_and_the_test_sets_error_apart) {
    add_contender("a", {49, 50, 51});
    const auto line = builder_.build({}).lines.at(0);
    EXPECT_DOUBLE_EQ(*line.contender.top1_sd, 1);
    EXPECT_NEAR(*line.test_set_error, 100 * 0.5 / std::sqrt(512), 1e-12);
}

TEST_F(Board, published_numbers_stand_beside_and_change_nothing) {
    add_contender("dsq", {49, 50, 51});
    PublishedNumber number;
    number.metric = "top1";
    number.contender = "dsq";
    number.dataset = "synthetic";
    number.model = "resnet8";
    number.weight_bits = number.activation_bits = 2;
    number.value = 99;
    const auto board = builder_.build({number});
    EXPECT_EQ(board.lines.at(0).published.size(), 1u);
    EXPECT_EQ(board.lines.at(0).contender.top1_mean, 50);
}

TEST_F(Board, what_a_row_says_is_text_and_never_markup) {
    Row hostile = sample_row("<script>alert(1)</script>\"' onload=x", 0);
    hostile["model"] = "<img src=x>";
    hostile["dataset"] = "\"><b>";
    hostile["quantizer"] = "</pre><h1>";
    hostile["run_directory"] = "--></script>";
    add(hostile);
    const std::string html = html_of(builder_.build({}));
    for (const char* bad : {"<script>alert", "<img", "<b>", "</pre><h1>", "--></script>"})
        EXPECT_THAT(html, Not(HasSubstr(bad))) << bad;
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
    EXPECT_THAT(leaderboard_csv(builder_.build({})), HasSubstr("\"\"' onload=x\""));
}

TEST_F(Board, the_page_needs_nothing_from_elsewhere) {
    add_contender("a", {90, 91});
    add_contender("b", {80, 81});
    const std::string html = html_of(builder_.build({}));
    for (const char* outside : {"src=", "http://", "https://", "@import", "url(", "fetch(", "<link rel=\"style"}) {
        std::string rest = html;
        for (std::size_t at; (at = rest.find("http://www.w3.org/2000/svg")) != std::string::npos;) rest.erase(at, 26);
        EXPECT_THAT(rest, Not(HasSubstr(outside))) << outside;
    }
    EXPECT_THAT(html, HasSubstr("<th scope=\"row\">a</th>")) << "the table is there without a script";
}

TEST_F(Board, equal_rows_make_equal_pages) {
    add_contender("a", {90, 91});
    EXPECT_EQ(html_of(builder_.build({})), html_of(builder_.build({})));
}

TEST_F(Board, without_rows_says_how_to_get_some) {
    EXPECT_THAT(html_of(builder_.build({})), HasSubstr("No rows yet"));
    EXPECT_THAT(leaderboard_markdown(builder_.build({})), HasSubstr("No rows yet"));
}

TEST_F(Board, each_line_has_the_command_that_repeats_it) {
    add_contender("dsq", {90, 91});
    EXPECT_EQ(builder_.build({}).lines.at(0).command, "dsqbench run --recipe small --quantizer dsq --seeds 0,1");
}

TEST_F(Board, a_verdict_names_the_rows_that_it_was_made_from) {
    auto board = builder_.build({});
    JudgedClaim judged;
    judged.claim.name = "c";
    judged.verdict.row_ids = {"0123abcd"};
    board.claims = {judged};
    EXPECT_THAT(html_of(board), HasSubstr("row_id 0123abcd"));
}

TEST_F(Board, a_days_mean_is_a_point_of_the_trend) {
    for (int day = 1; day <= 3; ++day) {
        Row row = sample_row("dsq", 0, 80 + day);
        row["time"] = "2026-11-0" + std::to_string(day) + "T00:00:00Z";
        add(row);
    }
    const auto [name, plot] = only_plot(builder_.build({}), "trend");
    EXPECT_THAT(name, HasSubstr("trend-small"));
    EXPECT_THAT(to_svg(plot), HasSubstr("2026-11-02"));
}

TEST_F(Board, kernels_stand_by_layer_with_their_fastest_first) {
    add(sample_kernel_row("avx2/slow", 900000));
    add(sample_kernel_row("avx2/dictionary", 450000));
    const auto board = builder_.build({});
    EXPECT_EQ(board.kernels.size(), 2u);
    const auto [name, plot] = only_plot(board, "kernels");
    EXPECT_EQ(name, "kernels-resnet18--layer-stage1-n1h56w56c64k64r3s3t1p1g1--1-thread--warm--test-board");
    EXPECT_EQ(to_json(plot)["bars"][0]["label"], "avx2/dictionary W2A2");
    const std::string html = html_of(board);
    EXPECT_THAT(html, HasSubstr("Kernel latency by layer"));
    EXPECT_THAT(html, HasSubstr("data-sort=\"0.45\">0.450</td>"));
    EXPECT_THAT(leaderboard_markdown(board), HasSubstr("0.450"));
}

TEST_F(Board, a_cold_and_a_warm_cache_have_pictures_of_their_own) {
    add(sample_kernel_row());
    Row cold = sample_kernel_row("avx2/dictionary", 900000);
    cold["cache"] = "cold";
    add(cold);
    EXPECT_EQ(leaderboard_plots(builder_.build({})).at(0).plots.size(), 2u);
}

TEST_F(Board, throughputs_keep_the_newest_of_each_rival_and_are_on_every_page) {
    add(sample_throughput_row("pillow", 1.5));
    add(sample_throughput_row("<cat>", 0.9));
    Row newer = sample_throughput_row("pillow", 1.7);
    newer["time"] = "2026-11-24T09:41:07Z";
    add(newer);
    const Leaderboard board = builder_.build({});
    ASSERT_EQ(board.throughputs.size(), 2u);
    for (const std::string& page : {leaderboard_markdown(board), html_of(board), json_of(board).dump()}) {
        EXPECT_THAT(page, HasSubstr("image preparation"));
        EXPECT_THAT(page, HasSubstr("1.7"));
        EXPECT_THAT(page, Not(HasSubstr("1.500")));
    }
    EXPECT_THAT(html_of(board), HasSubstr("scripts/compare_loader"));
    EXPECT_THAT(html_of(board), HasSubstr("&lt;cat&gt;"));
    EXPECT_THAT(html_of(board), Not(HasSubstr("<cat>")));
}

TEST_F(Board, kernels_have_a_trend_by_night_over_their_first_day) {
    for (int day = 1; day <= 3; ++day)
        for (const char* layer : {"stage1", "stage2"}) {
            Row row = sample_kernel_row("avx2/dictionary", 400000.0 * day);
            row["layer"] = layer;
            row["time"] = "2026-11-0" + std::to_string(day) + "T00:00:00Z";
            add(row);
            row.erase("instruction_set");
            row["variant"] = "onednn/convolution_u8s8";
            add(row);
        }
    const auto plot = to_json(only_plot(builder_.build({}), "trend").second);
    ASSERT_EQ(plot["series"].size(), 2u) << "of our own kernels alone";
    EXPECT_EQ(plot["series"][1]["label"], "stage2 avx2/dictionary");
    EXPECT_EQ(plot["series"][1]["points"][2], nlohmann::json({2.0, 3.0}));
}

TEST_F(Board, networks_join_the_accuracy_of_their_weights_to_their_latency) {
    Row trained = sample_row("dsq", 0, 88);
    trained["weights_sha256"] = sha256_hex("weights");
    add(trained);
    add(sample_network_row(6e6));
    for (const auto& [field, value] : std::map<std::string, Row>{
             {"instruction_set", "avx512"}, {"threads", 2}, {"batch", 8}, {"weights_sha256", sha256_hex("others")}}) {
        Row row = sample_network_row(field == "instruction_set" ? 4e6 : 1e6);
        row[field] = value;
        add(row);
    }
    const auto board = builder_.build({});
    EXPECT_EQ(board.networks.size(), 5u);
    const auto [name, plot] = only_plot(board, "latency");
    EXPECT_EQ(name, "latency-synthetic-test-board");
    const auto series = to_json(plot)["series"];
    ASSERT_EQ(series.size(), 1u);
    EXPECT_EQ(series[0]["points"], nlohmann::json::array({{4.0, 88.0}}))
        << "one image, one thread, the fastest kernels";
    EXPECT_THAT(html_of(board), HasSubstr("Latency of whole networks"));
    EXPECT_THAT(leaderboard_markdown(board), HasSubstr("## Networks"));
    EXPECT_EQ(json_of(board)["networks"].size(), 5u);
}

TEST_F(Board, many_pictures_of_one_kind_hide_none_of_another) {
    for (int layer = 0; layer < 70; ++layer) {
        Row row = sample_kernel_row();
        row["layer"] = "stage" + std::to_string(layer);
        add(row);
    }
    add_contender("a", {90, 91});
    add_contender("b", {80, 81});
    const std::string html = html_of(builder_.build({}));
    EXPECT_THAT(html, HasSubstr("small: resnet8 on synthetic"));
    EXPECT_THAT(html, HasSubstr("55 more are in plots/"));
}

// Rows of two machines: the accuracy is one, the speed is two.
TEST_F(Board, speeds_of_two_machines_are_not_averaged) {
    add(sample_row("dsq", 0, 88));
    Row other = sample_row("dsq", 0, 87);
    other["machine"] = "other-board";
    other["time"] = "2026-11-24T00:00:00Z";
    other["images_per_second"] = 300.0;
    add(other);
    const auto board = builder_.build({});
    ASSERT_EQ(board.lines.size(), 1u);
    EXPECT_EQ(board.lines[0].contender.top1_mean, 87) << "the newest";
    EXPECT_EQ(speeds_text(board.lines[0].images_per_second), "other-board: 300, test-board: 1600");
    EXPECT_TRUE(json_of(board)["contenders"][0]["train_samples_per_sec"].is_null());
}

TEST_F(Board, rows_that_contradict_each_other_leave_their_protocol_out_and_no_other) {
    add_contender("dsq", {88, 89});
    for (const char* label : {"a", "b"}) {
        Row row = sample_row(label, 0, 90);
        row["recipe"] = "bad";
        row["protocol_id"] = sha256_hex("bad");
        row["dataset_fingerprint"] = sha256_hex(label);
        add(row);
    }
    const auto board = builder_.build({});
    ASSERT_EQ(board.lines.size(), 1u);
    EXPECT_EQ(board.lines[0].recipe, "small");
    ASSERT_EQ(board.refused.size(), 1u);
    EXPECT_THAT(board.refused[0], HasSubstr("bad, protocol"));
    for (const std::string& page : {html_of(board), leaderboard_markdown(board)})
        EXPECT_THAT(page, HasSubstr("come from other data"));
}

TEST_F(Board, verdicts_are_counted_in_a_picture) {
    auto board = builder_.build({});
    JudgedClaim judged;
    judged.verdict.kind = VerdictKind::undecided;
    board.claims = {judged, judged};
    const auto bars = to_json(only_plot(board, "claims").second)["bars"];
    EXPECT_EQ(bars[2]["label"], "undecided");
    EXPECT_EQ(bars[2]["value"], 2);
    EXPECT_EQ(bars[0]["value"], 0);
}

TEST(Markup, escapes_what_markup_and_spreadsheets_read) {
    EXPECT_EQ(escape_markup("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
    EXPECT_EQ(escape_markup(std::string("\x01") + "\xFF" + "ö"), "\xEF\xBF\xBD\xEF\xBF\xBDö");
    EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    for (const char* formula : {"=1+1", "@x", "+a1", "-1+1", "\tx"})
        EXPECT_EQ(csv_cell(formula), "'" + std::string(formula)) << "a formula";
    for (const char* number : {"-1.5", "+2", "-1e-3"}) EXPECT_EQ(csv_cell(number), number);
}

TEST(SvgPlot, survives_one_point_equal_points_and_none) {
    for (const Plot& empty : {Plot(IntervalPlot{"t", "x", {}}), Plot(BarPlot{"t", "x", {}}),
                              Plot(XyPlot{"t", "x", "y", {{"s", {}}}, {}, Joined::lines})})
        EXPECT_EQ(to_svg(empty), "");
    for (const Plot& plot : {Plot(IntervalPlot{"t", "x", {{"a", 5, {}, {5, 5}}}}), Plot(BarPlot{"t", "x", {{"a", 0}}}),
                             Plot(XyPlot{"t<", "x", "y", {{"s", {{1, 2}}}}, {}, Joined::lines})}) {
        EXPECT_THAT(to_svg(plot), HasSubstr("</svg>"));
        EXPECT_THAT(to_svg(plot), Not(HasSubstr("nan")));
        EXPECT_THAT(to_svg(plot), Not(HasSubstr("inf")));
    }
}

}  // namespace
}  // namespace dsqbench
