// Did the newest commit get worse than the nights before it?
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "suite/record/row_line.h"

namespace dsqbench {

struct Alarm {
    enum class Standing {
        certain,    // accuracy: seeds make it so
        suspicion,  // a time: the machine may be to blame, so both commits have to run again, alternately
    };
    Standing standing = Standing::certain;
    std::string subject;  // "fmnist_r8_w2a2: dsq", "resnet18 conv2 avx2/dictionary W2A2, 1 thread, warm, amd-epyc-2c"
    Row case_fields = Row::object();  // that rows of the same case have too, for who runs it again
    std::string metric, unit;
    double before = 0, now = 0;
    std::string change;             // "-2.31 points", "+31.0 %"
    std::optional<double> p_value;  // of accuracy, after Holm's correction; none where all seeds say the same
    std::string last_good_commit, since_commit;
    std::string command;  // that repeats the case; "" when its row does not say
};

// A case is one contender's accuracy or training speed, or one kernel's or network's time.
struct NightReport {
    std::string commit;                   // the judged one, all its digits
    std::size_t cases = 0, compared = 0;  // that it has; that the nights before had enough rows of to compare with
    std::vector<Alarm> alarms;
};

// Takes the store's rows one by one, and keeps of each case the values of each commit.
class NightRecord {
public:
    NightRecord() = default;
    NightRecord(const NightRecord&) = delete;  // its nights point into it
    NightRecord& operator=(const NightRecord&) = delete;

    void add(const RowLine& line);

    const std::set<std::string>& commits() const { return commits_; }  // with a publishable row
    const std::string& newest_commit() const { return newest_commit_; }

    // Compares the rows of `commit` (the one of the newest row when "") with those of the commits before it, of at most
    // `nights` of them, case by case, publishable rows alone:
    //  - top-1 of each contender of a protocol, paired by seed where the nights up to the last good one have all of its
    //    seeds; else Welch's test over runs (each distinct one once). Holm-corrected over all
    //    contenders at 0.01, and a drop of at least 0.2 points, as a test alone finds drops that nobody minds. Three
    //    seeds and more that all drop by the same amount need no test; nor does a run that did not converge where none
    //    failed to before;
    //  - times of our kernels and networks, and training speed, of each case and machine: a step of more than 5 % (10 %
    //    of training's, which has one sample a run), and more than 4 standard deviations of the nights before, after
    //    the median absolute deviation. Three nights are needed to know a night from another.
    NightReport report(const std::string& commit = {}, std::size_t nights = 14) const;

    // One commit's rows of a case.
    struct Night {
        const std::string* commit = nullptr;
        std::string time;  // of its first row
        std::vector<double> values;
        std::vector<std::uint64_t> seeds;      // of trainings: those of the values
        std::vector<std::uint64_t> diverged;   // of trainings that did not converge
        const std::string* command = nullptr;  // of a latency
    };
    struct History {
        std::string subject, recipe, label;
        Row case_fields;
        std::vector<Night> nights;
    };
    using Histories = std::map<std::string, History>;

private:
    const std::string* kept(std::string text);
    Night& night_of(History& history, const RowLine& line);
    void add_training(const RowLine& line);
    void add_latency(const RowLine& line, const std::string& kind);

    std::string newest_time_, newest_commit_;
    std::set<std::string> commits_;
    std::set<std::string> texts_;  // a million rows share few commits and commands
    Histories accuracies_, latencies_, speeds_;
};

std::string comparison_text(const NightReport& report);  // one line: how many cases were compared
// That line, and one paragraph an alarm: what, by how much, since when.
std::string format_text(const NightReport& report);
nlohmann::json to_json(const std::vector<Alarm>& alarms);

}  // namespace dsqbench
