// Rows of kind "throughput": how much of a work is done in a second, alone or in turn with rivals that do the same.
#pragma once

#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/text_table.h"

namespace dsqbench {

struct Throughput {
    enum class Clock { processor, wall };

    std::string workload;  // "image preparation"
    std::string input;     // to what: "imagenet, 100 images"
    std::string unit;      // of the rates: "images/s"
    double units = 0;      // images of a round
    int processes = 1, threads = 1;
    Clock clock = Clock::wall;
    std::string command;          // that repeats it
    std::vector<double> seconds;  // of each round
};

// Who did a round of the same work in every round of ours.
struct ThroughputRival {
    std::string name;
    std::vector<double> seconds;
};

// A row for each rival, or one alone; ratios are taken within a round, so that what slows down both does not count. Who
// measured and whether the row may be published is not in it yet. Throws std::logic_error for no rounds, seconds that
// are not positive, and a rival with another number of rounds.
std::vector<Row> throughput_rows(const Throughput& measured, const std::vector<ThroughputRival>& rivals);

// A line for each row.
TextTable throughput_table(const std::vector<Row>& rows);

}  // namespace dsqbench
