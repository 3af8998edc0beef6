// Which pictures the leaderboard has, and of what.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "suite/report/contestant.h"
#include "suite/report/kernel_table.h"
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
        if (const auto top1 = real_of(row, "top1"); top1 && converged(row)) point.dots.push_back(*top1);
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

using TimesByWeights = std::map<std::string, double>;

// By machine and hash of the weights that were trained: ms of one image on one thread, of the fastest set of kernels.
std::map<std::string, TimesByWeights> network_times(const Leaderboard& board) {
    std::map<std::string, TimesByWeights> times;
    for (const Row& row : board.networks) {
        const std::string weights = text_of(row, "weights_sha256");
        const auto nanoseconds = real_of(row, "median_ns");
        if (weights.empty() || !nanoseconds || text_of(row, "method") != "measured") continue;
        if (row.value("batch", 0) != 1 || row.value("threads", 0) != 1) continue;
        const auto [known, is_new] = times[text_of(row, "machine")].emplace(weights, *nanoseconds / 1e6);
        if (!is_new) known->second = std::min(known->second, *nanoseconds / 1e6);
    }
    return times;
}

// Accuracies of two data sets have no axis in common, times of two machines neither.
void add_accuracy_against_latency(Plots& plots, const Leaderboard& board) {
    for (const auto& [machine, times] : network_times(board)) {
        std::map<std::string, std::vector<Series>> by_dataset;
        for (const auto& line : board.lines) {
            Series points{fmt::format("{} {} {}", line.model, line.contender.label, line.contender.bits), {}};
            for (const Row& row : line.runs) {
                const auto found = times.find(text_of(row, "weights_sha256"));
                const auto top1 = real_of(row, "top1");
                if (found != times.end() && top1 && converged(row)) points.points.emplace_back(found->second, *top1);
            }
            if (!points.points.empty()) by_dataset[line.dataset].push_back(points);
        }
        for (const auto& [dataset, series] : by_dataset)
            add(plots, "latency-" + dataset + "-" + machine,
                XyPlot{fmt::format("{}: accuracy against latency, of the same weights, on {}", dataset, machine),
                       "median latency of one image on one thread, ms",
                       "top-1, %",
                       series,
                       {},
                       Joined::points});
    }
}

void add_kernels(Plots& plots, const Leaderboard& board) {
    std::map<std::string, std::vector<Bar>> layers;
    for (const Row& row : board.kernels) {
        const auto nanoseconds = real_of(row, "median_ns");
        if (text_of(row, "method") != "measured" || !nanoseconds) continue;
        const auto threads = row.value("threads", 1);
        std::string layer = fmt::format(
            "{}, layer {} {}, {} {}, {}, {}", text_of(row, "network"), text_of(row, "layer"), text_of(row, "shape"),
            threads, threads == 1 ? "thread" : "threads", text_of(row, "cache"), text_of(row, "machine"));
        if (const std::string held_to = text_of(row, "held_to"); !held_to.empty()) layer += ", held to " + held_to;
        layers[layer].push_back({text_of(row, "variant") + " " + bits_text(row), *nanoseconds / 1e6});
    }
    for (auto& [layer, bars] : layers) {
        std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.value < b.value; });
        add(plots, "kernels-" + layer, BarPlot{layer, "median latency, ms", bars});
    }
}

// One plot of values by day: {series: {day: value}}. What was measured on one day alone has no trend.
void add_trend(Plots& plots, const std::string& name, const std::string& axis,
               const std::map<std::string, std::map<std::string, double>>& values) {
    std::map<std::string, std::size_t> days;  // and their places on the axis
    for (const auto& [label, by_day] : values)
        for (const auto& [day, value] : by_day) days[day] = 0;
    if (days.size() < 2) return;
    std::vector<std::string> names;
    for (auto& [day, place] : days) {
        place = names.size();
        names.push_back(day);
    }
    std::vector<Series> series;
    for (const auto& [label, by_day] : values) {
        series.push_back({label, {}});
        for (const auto& [day, value] : by_day)
            series.back().points.emplace_back(days.at(day), value);
    }
    add(plots, "trend-" + name,
        XyPlot{"Trend of " + name, "day", axis, series, names, Joined::lines});
}

using DaysBySeries = std::map<std::string, std::map<std::string, double>>;

void add_trends(Plots& plots, const Leaderboard& board) {
    std::map<std::string, DaysBySeries> accuracies, times;
    for (const auto& point : board.trend)
        if (point.top1_count > 0)
            accuracies[point.recipe + " on " + point.machine + ", protocol " + point.protocol_id.substr(0, 12)]
                      [point.label][point.day] = point.top1_sum / static_cast<double>(point.top1_count);
    for (const auto& [name, values] : accuracies) add_trend(plots, name, "top-1, %", values);
    for (const auto& point : board.latency_trend)
        times[point.network + " " + point.setting + " on " + point.machine][point.subject][point.day] =
            point.nanoseconds;
    for (auto& [name, values] : times) {
        // Layers take between microseconds and milliseconds; over their first day they share an axis.
        for (auto& [subject, by_day] : values) {
            const double first = by_day.begin()->second;
            for (auto& [day, value] : by_day) value /= first;
        }
        add_trend(plots, name, "median latency over that of the first day", values);
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

std::vector<BoardPlots> leaderboard_plots(const Leaderboard& board) {
    std::vector<BoardPlots> all;
    const auto of_kind = [&](const char* kind, const char* title, void (*draw)(Plots&, const Leaderboard&)) {
        BoardPlots plots{kind, title, {}};
        draw(plots.plots, board);
        if (!plots.plots.empty()) all.push_back(std::move(plots));
    };
    of_kind("accuracy", "Accuracy by contender", add_accuracy);
    of_kind("latency", "Accuracy against latency", add_accuracy_against_latency);
    of_kind("trend", "Trend by night", add_trends);
    of_kind("claims", "Claims", add_claims);
    of_kind("attribution", "Attribution", add_attribution);
    of_kind("kernels", "Kernel latency by layer", add_kernels);
    return all;
}

}  // namespace dsqbench
