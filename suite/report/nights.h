// Did the newest commit get worse than the nights before it?
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/record/row.h"

namespace dsqbench {

struct Alarm {
    enum class Standing {
        certain,    // accuracy: seeds make it so
        suspicion,  // a time: the machine may be to blame, so both commits have to run again, alternately
    };
    Standing standing = Standing::certain;
    std::string subject;  // "fmnist_r8_w2a2: dsq", "resnet18 conv2 avx2-dictionary W2A2, 1 thread, amd-epyc-2c"
    std::string variant;  // the kernel; "" for training
    std::string metric, unit;
    double before = 0, now = 0;
    std::string change;             // "-2.31 points", "+31.0 %"
    std::optional<double> p_value;  // of accuracy, after Holm's correction
    std::string last_good_commit, since_commit;
    std::string command;  // that repeats the case; "" when its row does not say
};

// Compares the rows of `commit` (the one of the newest row when "") with those of the commits before it, of at most
// `nights` of them, case by case, publishable rows alone:
//  - top-1 of each contender of a protocol: Welch's test over runs (each distinct one once), Holm-corrected over all
//  contenders at 0.01, and a
//    drop of at least 0.2 points, as a test alone finds drops that nobody minds; or a run that did not converge where
//    none failed to before;
//  - times of kernels and training speed, of each case and machine: a step of more than 5 % (speed of training: 10 %,
//    as it has one sample a run) and more than 4 standard deviations of the nights before, after the median absolute
//    deviation. Three nights are needed to know a night from another.
std::vector<Alarm> alarms_of(const std::vector<Row>& rows, const std::string& commit = {}, std::size_t nights = 14);

std::string format_text(const std::vector<Alarm>& alarms);  // one paragraph an alarm: what, by how much, since when
nlohmann::json to_json(const std::vector<Alarm>& alarms);

}  // namespace dsqbench
