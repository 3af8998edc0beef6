#include "suite/report/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/report/contestant.h"
#include "suite/report/latency_case.h"
#include "suite/report/repeat_command.h"

namespace dsqbench {

namespace {

constexpr char separator = '\x1f';  // in no name

std::string key_of(const RowLine& row, const std::vector<std::string>& fields) {
    std::string key;
    for (const auto& field : fields) {
        key += row.json(field).value_or("");
        key += separator;
    }
    return key;
}

// What, beside commit and time, two rows of one case have in common.
std::string case_of(const RowLine& row, const std::string& kind) {
    return row.text("machine") + separator + key_of(row, identity_fields(kind));
}

std::optional<double> mean_of(const Contestant& contestant, const std::string& metric) {
    const auto values = values_of(converged_values(contestant, metric));
    return values.empty() ? std::nullopt : std::optional(mean(values));
}

std::optional<double> test_set_error(std::optional<double> top1, std::uint64_t images) {
    if (!top1 || images == 0) return std::nullopt;
    const double p = std::clamp(*top1 / 100, 0.0, 1.0);
    return 100 * std::sqrt(p * (1 - p) / static_cast<double>(images));
}

bool is_about(const PublishedNumber& number, const BoardLine& line) {
    return number.metric == "top1" && number.contender == line.contender.label && number.dataset == line.dataset &&
           number.model == line.model && number.hardware.empty() && number.weight_bits && number.activation_bits &&
           fmt::format("{}/{}", *number.weight_bits, *number.activation_bits) == line.contender.bits;
}

// Best first; those without a mean last.
std::vector<const Contestant*> by_accuracy(const std::vector<Contestant>& contestants) {
    std::vector<const Contestant*> order;
    for (const auto& contestant : contestants) order.push_back(&contestant);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return mean_of(*a, "top1").value_or(-1) > mean_of(*b, "top1").value_or(-1);
    });
    return order;
}

bool differ(const Contestant& a, const Contestant& b) {
    const auto difference = difference_over_common_seeds(converged_values(a, "top1"), converged_values(b, "top1"));
    return difference && excludes_zero(with_interval_of_unanimous(*difference));
}

// 1, 1, 3: a contender joins the rank of the best one that it does not differ from.
std::map<std::string, int> ranks_of(const std::vector<Contestant>& contestants) {
    std::map<std::string, int> ranks;
    const Contestant* best = nullptr;
    int rank = 0, place = 0;
    for (const auto* contestant : by_accuracy(contestants)) {
        ++place;
        if (!mean_of(*contestant, "top1")) continue;  // nothing converged: no rank
        if (best == nullptr || differ(*best, *contestant)) {
            best = contestant;
            rank = place;
        }
        ranks[contestant->label] = rank;
    }
    return ranks;
}

BoardLine line_of(const ComparisonLine& contender, const Comparison& comparison, const Contestant& contestant) {
    BoardLine line;
    line.contender = contender;
    line.recipe = comparison.recipe;
    line.protocol_id = comparison.protocol_id;
    line.dataset = comparison.dataset;
    line.test_images = comparison.test_images;
    const Row& any = contestant.by_seed.begin()->second;
    line.model = text_of(any, "model");
    line.model_width = any.at("model_width").get<std::uint64_t>();
    line.epochs = any.at("epochs").get<std::uint64_t>();
    for (const auto& [seed, row] : contestant.by_seed) line.runs.push_back(row);
    const auto machines = machines_of(contestant);
    line.machines.assign(machines.begin(), machines.end());
    line.top5_mean = mean_of(contestant, "top5");
    line.loss_mean = mean_of(contestant, "loss");
    line.test_set_error = test_set_error(contender.top1_mean, line.test_images);
    line.command = repeat_command(line.recipe, contender.label, contender.seeds);
    return line;
}

std::vector<Row> with_label(const std::vector<Row>& rows, const std::string& label) {
    std::vector<Row> found;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(found),
                 [&](const Row& row) { return text_of(row, "label") == label; });
    return found;
}

// Throws Error(failed) where the rows contradict each other.
std::vector<BoardLine> lines_of_protocol(const std::vector<Row>& rows) {
    const Comparison comparison = compare_contenders(rows);
    const auto all = contestants(rows);
    const auto ranks = ranks_of(all);
    std::vector<BoardLine> lines;
    for (std::size_t i = 0; i < comparison.lines.size(); ++i) {  // both in the order of first appearance
        lines.push_back(line_of(comparison.lines[i], comparison, all[i]));
        lines.back().images_per_second = speeds_of(with_label(rows, all[i].label));
        const auto rank = ranks.find(all[i].label);
        lines.back().rank = rank == ranks.end() ? 0 : rank->second;
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
        return a.contender.top1_mean.value_or(-1) > b.contender.top1_mean.value_or(-1);
    });
    return lines;
}

// One bad pair of rows takes its own protocol off the board, not the others.
void add_lines(Leaderboard& board, std::vector<Row> rows) {
    std::map<std::string, std::vector<Row>> by_protocol;
    for (Row& row : rows)
        by_protocol[text_of(row, "recipe") + separator + text_of(row, "protocol_id")].push_back(std::move(row));
    for (const auto& [key, of_protocol] : by_protocol) try {
            auto lines = lines_of_protocol(of_protocol);
            std::move(lines.begin(), lines.end(), std::back_inserter(board.lines));
        } catch (const Error& error) {
            if (error.code() != ExitCode::failed) throw;
            board.refused.push_back(fmt::format("{}, protocol {}: {}", text_of(of_protocol.front(), "recipe"),
                                                text_of(of_protocol.front(), "protocol_id").substr(0, 12),
                                                error.message()));
        }
}

}  // namespace

void LeaderboardBuilder::keep_newest(Kept& kept, const RowLine& row) {
    const std::string time = row.text("time");
    if (!kept.line.empty() && time < kept.time) return;
    kept.line = row.line();
    kept.place = row.place();
    kept.time = time;
}

void LeaderboardBuilder::add_training(const RowLine& row) {
    static const std::vector<std::string> key{"recipe", "protocol_id", "label", "machine"};
    Series& series = trainings_[key_of(row, key)];
    keep_newest(series.by_seed[std::string(row.json("seed").value_or(""))], row);
    const std::string day = row.text("time").substr(0, 10);
    TrendPoint& point = series.by_day[day];
    if (point.day.empty())
        point = {row.text("recipe"), row.text("protocol_id"), row.text("label"), row.text("machine"), day};
    if (row.text("outcome") != "finished") return;
    if (const auto top1 = row.real("top1")) {
        point.top1_sum += *top1;
        ++point.top1_count;
    }
    if (const auto speed = row.real("images_per_second")) {
        point.speed_sum += *speed;
        ++point.speed_count;
    }
}

void LeaderboardBuilder::add_latency(const RowLine& row, const std::string& kind) {
    keep_newest((kind == "kernel" ? kernels_ : networks_)[case_of(row, kind)], row);
    const auto nanoseconds = row.real("median_ns");
    if (!nanoseconds || row.text("method") != "measured") return;
    const Row fields = latency_fields(row, kind);
    if (!is_ours(fields)) return;
    const std::string time = row.text("time");
    LatencyPoint point{row.text("machine"),
                       row.text("network"),
                       setting_of_latency(fields),
                       subject_of_latency(fields),
                       time.substr(0, 10),
                       time,
                       *nanoseconds};
    LatencyPoint& kept = latency_trend_[join({point.machine, point.network, point.setting, point.subject, point.day},
                                             std::string(1, separator))];
    if (point.time >= kept.time) kept = std::move(point);
}

void LeaderboardBuilder::add(const RowLine& row) {
    ++rows_;
    if (!row.is_true("publishable") || row.text("evaluated_on") == "validation") {
        ++unpublishable_;
        return;
    }
    newest_ = std::max(newest_, row.text("time"));
    const std::string kind = row.text("kind");
    if (kind == "training") add_training(row);
    if (kind == "kernel" || kind == "network") add_latency(row, kind);
    if (kind == "throughput") keep_newest(throughputs_[case_of(row, kind)], row);
}

Leaderboard LeaderboardBuilder::build(const std::vector<PublishedNumber>& published) const {
    const auto append_rows = [](std::vector<Row>& rows, const std::map<std::string, Kept>& kept) {
        RowLine line;
        for (const auto& [key, each] : kept) {
            line.assign(each.line, each.place);
            rows.push_back(line.row());
        }
    };
    Leaderboard board;
    board.rows = rows_;
    board.unpublishable = unpublishable_;
    board.newest = newest_;
    std::vector<Row> trainings;
    for (const auto& [contender, series] : trainings_) {
        append_rows(trainings, series.by_seed);
        for (const auto& [day, point] : series.by_day) board.trend.push_back(point);
    }
    add_lines(board, std::move(trainings));
    append_rows(board.kernels, kernels_);
    append_rows(board.networks, networks_);
    append_rows(board.throughputs, throughputs_);
    for (const auto& [key, point] : latency_trend_) board.latency_trend.push_back(point);
    board.published = published;
    for (auto& line : board.lines)
        std::copy_if(published.begin(), published.end(), std::back_inserter(line.published),
                     [&](const auto& number) { return is_about(number, line); });
    return board;
}

}  // namespace dsqbench
