// What the stored rows say, contender by contender, for the leaderboard's pages.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "suite/record/row_line.h"
#include "suite/report/attribution.h"
#include "suite/report/claim.h"
#include "suite/report/comparison.h"
#include "suite/report/plot.h"
#include "suite/report/published.h"

namespace dsqbench {

// One contender under one protocol.
struct BoardLine {
    ComparisonLine contender;
    int rank = 0;  // within the protocol: contenders whose difference interval to the best of a rank holds 0 share it
    std::string recipe, protocol_id, dataset, model;
    std::uint64_t model_width = 0, epochs = 0, test_images = 0;
    std::vector<std::string> machines;
    std::map<std::string, double> images_per_second;  // training, by machine: median over its newest runs
    std::optional<double> top5_mean, loss_mean;
    // Points: sqrt(p (1 - p) / n), the standard error of an accuracy p that comes from drawing n test images. What
    // other images would change; the spread over seeds is what other seeds would.
    std::optional<double> test_set_error;
    std::vector<Row> runs;                   // the newest of each seed
    std::string command;                     // that repeats them
    std::vector<PublishedNumber> published;  // of the same data set, network, bits and contender
};

// One day of one contender on one machine: what `trend by night` shows.
struct TrendPoint {
    std::string recipe, protocol_id, label, machine, day;  // "2026-11-23"
    double top1_sum = 0, speed_sum = 0;
    std::size_t top1_count = 0, speed_count = 0;
};

// The newest time of one day of one of our kernels on a layer, or of one of our networks.
struct LatencyPoint {
    std::string machine, network, setting, subject;  // setting_of_latency(), subject_of_latency()
    std::string day, time;
    double nanoseconds = 0;  // median
};

struct Leaderboard {
    std::size_t rows = 0, unpublishable = 0;  // read; left out
    std::string newest;                       // time of the newest row
    std::vector<BoardLine> lines;             // by recipe, protocol, rank
    std::vector<std::string> refused;         // protocols and designs whose rows contradict each other, and why
    std::vector<Row> kernels, networks;       // the newest of each case
    std::vector<Row> throughputs;             // the same
    std::vector<TrendPoint> trend;            // by recipe, label, machine, day
    std::vector<LatencyPoint> latency_trend;  // by machine, network, setting, subject, day
    std::vector<JudgedClaim> claims;
    std::vector<PublishedNumber> published;
    std::vector<AttributionCard> cards;  // of the designs that have rows
};

// Takes the store's rows one by one and keeps only what the pages need: of each contender, seed and machine the newest
// row.
class LeaderboardBuilder {
public:
    void add(const RowLine& row);
    // Rows, ranks, trend and published numbers; claims and cards are the caller's to add. Throws Error(data) where a
    // kept row is damaged.
    Leaderboard build(const std::vector<PublishedNumber>& published) const;

private:
    struct Kept {
        std::string line, place, time;
    };
    // A contender under one protocol on one machine.
    struct Series {
        std::map<std::string, Kept> by_seed;
        std::map<std::string, TrendPoint> by_day;
    };
    static void keep_newest(Kept& kept, const RowLine& row);
    void add_training(const RowLine& row);
    void add_latency(const RowLine& row, const std::string& kind);

    std::size_t rows_ = 0, unpublishable_ = 0;
    std::string newest_;
    std::map<std::string, Series> trainings_;
    std::map<std::string, Kept> kernels_, networks_, throughputs_;
    std::map<std::string, LatencyPoint> latency_trend_;
};

struct BoardPlots {
    std::string kind, title;            // "accuracy", "Accuracy by contender"
    std::map<std::string, Plot> plots;  // by file name without its extension, which begins with the kind
};
// In the order of the page; no kind without a plot.
std::vector<BoardPlots> leaderboard_plots(const Leaderboard& board);

// leaderboard.md, leaderboard.csv (one line a contender, timm's names where they fit), leaderboard.json, index.html;
// `plots`: the board's.
std::string leaderboard_markdown(const Leaderboard& board);
std::string leaderboard_csv(const Leaderboard& board);
nlohmann::json leaderboard_json(const Leaderboard& board, const std::vector<BoardPlots>& plots);
std::string leaderboard_html(const Leaderboard& board, const std::vector<BoardPlots>& plots);

}  // namespace dsqbench
