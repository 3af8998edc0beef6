// Which pictures the leaderboard has, and of what.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "suite/report/contestant.h"
#include "suite/report/leaderboard.h"

namespace dsqbench {

namespace {

std::string file_name(const std::string& text) {
    std::string name;
    for (const char c : text)
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ? c : '-';
    return name;
}

using Plots = std::map<std::string, Plot>;

void add(Plots& plots, const std::string& name, const Plot& plot) {
    if (!is_empty(plot)) plots[file_name(name)] = plot;
}

PlotPoint point_of(const BoardLine& line) {
    PlotPoint point{line.contender.label, *line.contender.top1_mean, {}, {}};
    for (const Row& row : line.runs)
        if (converged(row) && row.contains("top1") && row["top1"].is_number()) point.dots.push_back(row["top1"]);
    if (point.dots.size() > 1)
        point.interval = paired_difference(point.dots, std::vector<double>(point.dots.size(), 0.0)).confidence;
    return point;
}

// A protocol with one contender compares nothing.
void add_accuracy(Plots& plots, const Leaderboard& board) {
    std::map<std::string, std::vector<const BoardLine*>> protocols;
    for (const auto& line : board.lines)
        if (line.contender.top1_mean) protocols[line.recipe + "-" + line.protocol_id.substr(0, 12)].push_back(&line);
    for (const auto& [name, lines] : protocols) {
        if (lines.size() < 2) continue;
        std::vector<PlotPoint> points;
        for (const auto* line : lines) points.push_back(point_of(*line));
        const auto& first = *lines.front();
        add(plots, "accuracy-" + name,
            IntervalPlot{fmt::format("{}: {} on {}", first.recipe, first.model, first.dataset),
                         "top-1 on the test set, % (dots: seeds; bar: mean and its 95 % interval)", points});
    }
}

// What `deploy` measures of a whole network carries the hash of the weights that were trained.
std::map<std::string, double> latency_by_weights(const Leaderboard& board) {
    std::map<std::string, double> milliseconds;
    for (const Row& row : board.kernels) {
        const std::string weights = text_of(row, "weights_sha256");
        if (!weights.empty() && row.contains("median_ns") && row["median_ns"].is_number())
            milliseconds[weights] += row["median_ns"].get<double>() / 1e6;
    }
    return milliseconds;
}

void add_accuracy_against_latency(Plots& plots, const Leaderboard& board) {
    const auto milliseconds = latency_by_weights(board);
    std::vector<Series> series;
    for (const auto& line : board.lines) {
        Series points{line.contender.label + " " + line.contender.bits, {}};
        for (const Row& row : line.runs) {
            const auto found = milliseconds.find(text_of(row, "weights_sha256"));
            if (found != milliseconds.end() && row.contains("top1") && row["top1"].is_number())
                points.points.emplace_back(found->second, row["top1"].get<double>());
        }
        if (!points.points.empty()) series.push_back(points);
    }
    add(plots, "accuracy-latency",
        XyPlot{"Accuracy against latency, one artefact", "latency, ms", "top-1, %", series, {}, Joined::points});
}

void add_kernels(Plots& plots, const Leaderboard& board) {
    std::map<std::string, std::vector<Bar>> layers;
    for (const Row& row : board.kernels) {
        if (text_of(row, "method") != "measured" || !row.contains("median_ns") || !row["median_ns"].is_number())
            continue;
        const std::string layer =
            fmt::format("{}, layer {} {}, {} threads, {}", text_of(row, "network"), text_of(row, "layer"),
                        text_of(row, "shape"), row.value("threads", 1), text_of(row, "machine"));
        layers[layer].push_back({fmt::format("{} W{}A{}", text_of(row, "variant"), row.value("weight_bits", 0),
                                             row.value("activation_bits", 0)),
                                 row["median_ns"].get<double>() / 1e6});
    }
    for (auto& [layer, bars] : layers) {
        std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.value < b.value; });
        add(plots, "kernels-" + layer, BarPlot{layer, "median latency, ms", bars});
    }
}

// Of a contender that was measured on more than one day.
void add_trend(Plots& plots, const Leaderboard& board) {
    std::map<std::string, std::vector<const TrendPoint*>> groups;
    for (const auto& point : board.trend)
        if (point.top1_count > 0)
            groups[point.recipe + " on " + point.machine + ", protocol " + point.protocol_id.substr(0, 12)].push_back(
                &point);
    for (const auto& [name, points] : groups) {
        std::set<std::string> days;
        for (const auto* point : points) days.insert(point->day);
        if (days.size() < 2) continue;
        const std::vector<std::string> ticks(days.begin(), days.end());
        std::map<std::string, Series> series;
        for (const auto* point : points) {
            series[point->label].label = point->label;
            series[point->label].points.emplace_back(std::distance(days.begin(), days.find(point->day)),
                                                     point->top1_sum / static_cast<double>(point->top1_count));
        }
        std::vector<Series> all;
        for (const auto& [label, each] : series) all.push_back(each);
        add(plots, "trend-" + name, XyPlot{"Trend of " + name, "day", "top-1, %", all, ticks, Joined::lines});
    }
}

// The factors of a design, and what their groups come to.
void add_attribution(Plots& plots, const Leaderboard& board) {
    for (const auto& card : board.cards) {
        if (card.seeds.empty()) continue;
        std::vector<PlotPoint> points;
        for (const Contribution* group : {&card.algorithm, &card.recipe_group}) {
            points.push_back({"all of the " + group->name, group->value.value, group->value.confidence, {}});
            for (const auto& factor : card.factors)
                if (factor.group == group->group)
                    points.push_back({factor.name, factor.value.value, factor.value.confidence, {}});
        }
        add(plots, "attribution-" + card.recipe,
            IntervalPlot{card.recipe + ": " + card.verdict.headline,
                         "effect on top-1, points (95 % interval, each order of the factors counted alike)", points});
    }
}

void add_claims(Plots& plots, const Leaderboard& board) {
    std::vector<Bar> bars;
    for (const auto kind :
         {VerdictKind::holds, VerdictKind::does_not_hold, VerdictKind::undecided, VerdictKind::not_run_here}) {
        const auto count = std::count_if(board.claims.begin(), board.claims.end(),
                                         [&](const JudgedClaim& each) { return each.verdict.kind == kind; });
        bars.push_back({name_of(kind), static_cast<double>(count)});
    }
    if (!board.claims.empty()) add(plots, "claims", BarPlot{"Verdicts on published claims", "claims", bars});
}

}  // namespace

std::map<std::string, Plot> leaderboard_plots(const Leaderboard& board) {
    Plots plots;
    add_accuracy(plots, board);
    add_accuracy_against_latency(plots, board);
    add_attribution(plots, board);
    add_claims(plots, board);
    add_kernels(plots, board);
    add_trend(plots, board);
    return plots;
}

}  // namespace dsqbench
