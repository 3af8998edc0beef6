#include "suite/report/leaderboard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/report/contestant.h"

namespace dsqbench {

namespace {

constexpr char separator = '\x1f';  // in no name

std::string key_of(const RowLine& row, const std::vector<const char*>& fields) {
    std::string key;
    for (const char* field : fields) {
        key += row.json(field).value_or("");
        key += separator;
    }
    return key;
}

// A shell word.
std::string quoted(const std::string& word) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/' || c == '=' || c == ',' || c == '+';
    });
    if (plain) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

// A label is the quantizers, or those and what --over laid over the recipe, or a cell of a design.
std::string command_of(const BoardLine& line) {
    std::vector<std::string> seeds;
    for (const auto seed : line.contender.seeds) seeds.push_back(std::to_string(seed));
    const std::string label = line.contender.label, recipe = quoted(line.recipe);
    const std::string quantizers = label.substr(0, label.find(' '));
    if (label.find('+') != std::string::npos || label == "none")
        return fmt::format("dsqbench ablate --recipe {}  # the cell {}", recipe, quoted(label));
    std::string command =
        fmt::format("dsqbench run --recipe {} --quantizer {} --seeds {}", recipe, quoted(quantizers), join(seeds, ","));
    const auto settings = split(label, ' ');
    for (std::size_t i = 1; i < settings.size(); ++i) command += " --set " + quoted(settings[i]);
    return command;
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
    return difference && difference->confidence &&
           (difference->confidence->low > 0 || difference->confidence->high < 0);
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
    std::set<std::string> machines;
    for (const auto& [seed, row] : contestant.by_seed) {
        machines.insert(text_of(row, "machine"));
        line.runs.push_back(row);
    }
    line.machines.assign(machines.begin(), machines.end());
    line.top5_mean = mean_of(contestant, "top5");
    line.loss_mean = mean_of(contestant, "loss");
    line.test_set_error = test_set_error(contender.top1_mean, line.test_images);
    line.command = command_of(line);
    return line;
}

std::vector<BoardLine> lines_of(const std::vector<Row>& rows) {
    std::map<std::string, std::vector<Row>> by_protocol;
    for (const Row& row : rows)
        by_protocol[text_of(row, "recipe") + separator + text_of(row, "protocol_id")].push_back(row);
    std::vector<BoardLine> lines;
    for (const auto& [key, of_protocol] : by_protocol) {
        const Comparison comparison = compare_contenders(of_protocol);
        const auto all = contestants(of_protocol);
        const auto ranks = ranks_of(all);
        std::vector<BoardLine> group;
        for (std::size_t i = 0; i < comparison.lines.size(); ++i) {  // both in the order of first appearance
            group.push_back(line_of(comparison.lines[i], comparison, all[i]));
            const auto rank = ranks.find(all[i].label);
            group.back().rank = rank == ranks.end() ? 0 : rank->second;
        }
        std::stable_sort(group.begin(), group.end(), [](const auto& a, const auto& b) {
            return a.contender.top1_mean.value_or(-1) > b.contender.top1_mean.value_or(-1);
        });
        lines.insert(lines.end(), group.begin(), group.end());
    }
    return lines;
}

}  // namespace

void LeaderboardBuilder::keep_newest(std::map<std::string, Kept>& among, const std::string& key, const RowLine& row) {
    Kept& kept = among[key];
    const std::string time = row.text("time");
    if (!kept.line.empty() && time < kept.time) return;
    kept.line = row.line();
    kept.place = row.place();
    kept.time = time;
}

void LeaderboardBuilder::add_to_trend(const RowLine& row) {
    const std::string day = row.text("time").substr(0, 10);
    TrendPoint& point = trend_[key_of(row, {"recipe", "protocol_id", "label", "machine"}) + day];
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

void LeaderboardBuilder::add(const RowLine& row) {
    ++rows_;
    if (!row.is_true("publishable") || row.text("evaluated_on") == "validation") {
        ++unpublishable_;
        return;
    }
    newest_ = std::max(newest_, row.text("time"));
    const std::string kind = row.text("kind");
    if (kind == "training") {
        keep_newest(trainings_, key_of(row, {"recipe", "protocol_id", "label", "seed"}), row);
        add_to_trend(row);
    }
    if (kind == "kernel")
        keep_newest(kernels_,
                    key_of(row, {"machine", "network", "layer", "shape", "method", "variant", "processor",
                                 "weight_bits", "activation_bits", "threads", "cache"}),
                    row);
}

Leaderboard LeaderboardBuilder::build(const std::vector<PublishedNumber>& published) const {
    const auto rows_in = [](const std::map<std::string, Kept>& kept) {
        std::vector<Row> rows;
        RowLine line;
        for (const auto& [key, each] : kept) {
            line.assign(each.line, each.place);
            rows.push_back(line.row());
        }
        return rows;
    };
    Leaderboard board;
    board.rows = rows_;
    board.unpublishable = unpublishable_;
    board.newest = newest_;
    board.lines = lines_of(rows_in(trainings_));
    board.kernels = rows_in(kernels_);
    for (const auto& [key, point] : trend_) board.trend.push_back(point);
    board.published = published;
    for (auto& line : board.lines)
        std::copy_if(published.begin(), published.end(), std::back_inserter(line.published),
                     [&](const auto& number) { return is_about(number, line); });
    return board;
}

}  // namespace dsqbench
