#include "suite/report/nights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "suite/report/contestant.h"
#include "suite/report/latency_case.h"
#include "suite/report/number_text.h"
#include "suite/report/repeat_command.h"
#include "suite/report/significance.h"
#include "suite/report/statistics.h"

namespace dsqbench {

namespace {

constexpr double significance = 0.01, least_drop = 0.2;
constexpr double least_kernel_step = 0.05, least_training_step = 0.10, deviations = 4;
constexpr std::size_t nights_to_know = 3;
// That drop by the same amount. On 512 images two do so by chance in up to 2 of 100 commits that change something,
// three in 2 of 1000 (a normal change of any size, rounded to images).
constexpr std::size_t seeds_to_agree = 3;
// MAD to standard deviation for a normal distribution: 1 / Phi^-1(3/4).
constexpr double mad_scale = 1.4826;

using Night = NightRecord::Night;
using History = NightRecord::History;
using Histories = NightRecord::Histories;

// The nights up to `commit`, oldest first, at most `most` before it; nothing where that has no night here.
std::optional<History> around(History history, const std::string& commit, std::size_t most) {
    auto& nights = history.nights;
    std::stable_sort(nights.begin(), nights.end(), [](const Night& a, const Night& b) { return a.time < b.time; });
    const auto now = std::find_if(nights.begin(), nights.end(), [&](const Night& n) { return *n.commit == commit; });
    if (now == nights.end()) return std::nullopt;
    nights.erase(now + 1, nights.end());
    if (nights.size() > most + 1) nights.erase(nights.begin(), nights.end() - static_cast<std::ptrdiff_t>(most + 1));
    return history;
}

std::vector<History> around(const Histories& histories, const std::string& commit, std::size_t most) {
    std::vector<History> cut;
    for (const auto& [key, history] : histories)
        if (auto each = around(history, commit, most)) cut.push_back(std::move(*each));
    return cut;
}

// A seed that gave the same top-1 on several nights is one run seen again, as training is deterministic: counted once,
// since a test would take repetitions for evidence.
std::vector<double> accuracies_before(const History& history) {
    std::vector<double> values;
    std::set<std::pair<std::uint64_t, double>> seen;
    for (std::size_t i = 0; i + 1 < history.nights.size(); ++i) {
        const Night& night = history.nights[i];
        for (std::size_t k = 0; k < night.values.size(); ++k)
            if (seen.emplace(night.seeds[k], night.values[k]).second) values.push_back(night.values[k]);
    }
    return values;
}

// The first night of the last stretch that is nearer to `now` than to `before`.
std::size_t first_bad_night(const History& history, double before, double now) {
    std::size_t first = history.nights.size() - 1;
    while (first > 0) {
        const auto& values = history.nights[first - 1].values;
        if (values.empty() || std::abs(mean(values) - now) >= std::abs(mean(values) - before)) break;
        --first;
    }
    return first;
}

// That repeats the last night.
std::string command_of(const History& history) {
    const Night& night = history.nights.back();
    if (night.command) return *night.command;
    auto seeds = night.seeds;
    seeds.insert(seeds.end(), night.diverged.begin(), night.diverged.end());
    std::sort(seeds.begin(), seeds.end());
    return repeat_command(history.recipe, history.label, seeds);
}

Alarm alarm_of(const History& history, const std::string& metric, double before, double now) {
    Alarm alarm;
    alarm.subject = history.subject;
    alarm.case_fields = history.case_fields;
    alarm.metric = metric;
    alarm.before = before;
    alarm.now = now;
    const std::size_t bad = first_bad_night(history, before, now);
    alarm.since_commit = *history.nights[bad].commit;
    if (bad > 0) alarm.last_good_commit = *history.nights[bad - 1].commit;
    alarm.command = command_of(history);
    return alarm;
}

std::optional<Alarm> divergence(const History& history) {
    const Night& now = history.nights.back();
    const bool failed_before = std::any_of(history.nights.begin(), history.nights.end() - 1,
                                           [](const Night& night) { return !night.diverged.empty(); });
    if (history.nights.size() < 2 || failed_before || now.diverged.empty()) return std::nullopt;
    Alarm alarm;
    alarm.subject = history.subject;
    alarm.metric = "runs that did not converge";
    alarm.now = static_cast<double>(now.diverged.size());
    alarm.change = fmt::format("{} of {}, none before", now.diverged.size(), now.diverged.size() + now.values.size());
    alarm.since_commit = *now.commit;
    alarm.last_good_commit = *history.nights[history.nights.size() - 2].commit;
    alarm.command = command_of(history);
    return alarm;
}

using Nights = std::vector<Night>::const_iterator;

ValuesBySeed means_by_seed(Nights begin, Nights end) {
    std::map<std::uint64_t, std::vector<double>> all;
    for (; begin != end; ++begin)
        for (std::size_t i = 0; i < begin->values.size(); ++i) all[begin->seeds[i]].push_back(begin->values[i]);
    ValuesBySeed means;
    for (const auto& [seed, values] : all) means[seed] = mean(values);
    return means;
}

// Seeds differ by points, and a seed's nights by tenths: where the nights up to the last good one have all seeds of the
// newest, each is held against the mean of its own there. Not against the last one alone, which its value chose: that
// finds fewer drops, and more of them where nothing changed (docs/decisions/0005-ranks-and-verdicts.md).
std::optional<Difference> paired_drop(const History& history, std::size_t bad) {
    const Nights first = history.nights.begin(), now = history.nights.end() - 1;
    const auto values = means_by_seed(now, now + 1);
    const auto difference =
        difference_over_common_seeds(values, means_by_seed(first, first + static_cast<std::ptrdiff_t>(bad)));
    return difference && difference->count == values.size() ? difference : std::nullopt;
}

struct TestedDrop {
    Alarm alarm;
    double p_value = 1;  // 0 where the seeds need no test
};

// nullopt where the runs are too few to test.
std::optional<TestedDrop> tested_drop(const History& history) {
    const auto before = accuracies_before(history), now = history.nights.back().values;
    if (before.empty() || now.empty()) return std::nullopt;
    Alarm alarm = alarm_of(history, "top1", mean(before), mean(now));
    const auto paired = paired_drop(history, first_bad_night(history, alarm.before, alarm.now));
    const Difference difference = paired && paired->count > 1 ? *paired : welch_difference(now, before);
    if (difference.count < 2) return std::nullopt;
    alarm.before = alarm.now - difference.estimate;
    alarm.unit = "%";
    alarm.change = signed_text(difference.estimate, 2) + " points";
    alarm.p_value = difference.p_value;
    const bool agreed = difference.count >= seeds_to_agree && difference.estimate != 0;
    return TestedDrop{alarm, difference.p_value.value_or(agreed ? 0 : 1)};
}

void add_accuracies(NightReport& report, const std::vector<History>& histories) {
    std::vector<Alarm> tested;
    std::vector<double> p_values;
    for (const History& history : histories) {
        const auto diverged = divergence(history);
        const auto drop = tested_drop(history);
        if (diverged) report.alarms.push_back(*diverged);
        if (drop) tested.push_back(drop->alarm);
        if (drop) p_values.push_back(drop->p_value);
        ++report.cases;
        report.compared += diverged || drop ? 1 : 0;
    }
    const auto adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; i < tested.size(); ++i) {
        if (tested[i].p_value) tested[i].p_value = adjusted[i];
        if (adjusted[i] < significance && tested[i].before - tested[i].now >= least_drop)
            report.alarms.push_back(tested[i]);
    }
}

double spread_around(const std::vector<double>& values, double centre) {
    std::vector<double> distances;
    for (const double value : values) distances.push_back(std::abs(value - centre));
    return mad_scale * median(distances);
}

// `worse`: +1 when larger is worse, -1 when smaller is.
void add_steps(NightReport& report, const std::vector<History>& histories, const std::string& metric, int worse,
               double least) {
    for (const History& history : histories) {
        ++report.cases;
        std::vector<double> medians;
        for (const auto& night : history.nights)
            if (!night.values.empty()) medians.push_back(median(night.values));
        if (history.nights.back().values.empty() || medians.size() < nights_to_know + 1) continue;
        const double now = medians.back();
        medians.pop_back();
        const double before = median(medians);
        if (!(before > 0)) continue;
        ++report.compared;
        const double step = worse * (now - before);
        if (step < least * before || step < deviations * spread_around(medians, before)) continue;
        Alarm alarm = alarm_of(history, metric, before, now);
        alarm.standing = Alarm::Standing::suspicion;
        alarm.unit = worse > 0 ? "ns" : "images/s";
        alarm.change = signed_text(100 * (now - before) / before, 1) + " %";
        report.alarms.push_back(alarm);
    }
}

}  // namespace

const std::string* NightRecord::kept(std::string text) {
    return &*texts_.insert(std::move(text)).first;
}

Night& NightRecord::night_of(History& history, const RowLine& line) {
    const std::string* commit = kept(line.text("commit"));
    const std::string time = line.text("time");
    const auto known = std::find_if(history.nights.rbegin(), history.nights.rend(),
                                    [commit](const Night& night) { return night.commit == commit; });
    if (known == history.nights.rend()) return history.nights.emplace_back(Night{commit, time, {}, {}, {}, nullptr});
    known->time = std::min(known->time, time);
    return *known;
}

void NightRecord::add(const RowLine& line) {
    if (!line.is_true("publishable")) return;
    commits_.insert(line.text("commit"));
    if (const std::string time = line.text("time"); time >= newest_time_) {
        newest_time_ = time;
        newest_commit_ = line.text("commit");
    }
    const std::string kind = line.text("kind");
    if (kind == "training") add_training(line);
    if (kind == "kernel" || kind == "network") add_latency(line, kind);
}

void NightRecord::add_training(const RowLine& line) {
    const std::string recipe = line.text("recipe"), label = line.text("label");
    const std::string key = line.text("protocol_id") + label, machine = line.text("machine");
    const auto seed = line.integer("seed").value_or(0);
    const auto named = [&](Histories& histories, const std::string& of, const std::string& subject) -> History& {
        History& history = histories[of];
        history.subject = subject;
        history.recipe = recipe;
        history.label = label;
        history.case_fields = Row{{"label", label}};
        return history;
    };
    if (line.text("evaluated_on") == "test") {
        Night& night = night_of(named(accuracies_, key, recipe + ": " + label), line);
        if (line.text("outcome") != "finished") {
            night.diverged.push_back(seed);
        } else if (const auto top1 = line.real("top1")) {
            night.values.push_back(*top1);
            night.seeds.push_back(seed);
        }
    }
    if (const auto speed = line.real("images_per_second")) {
        Night& night = night_of(named(speeds_, key + machine, recipe + ": " + label + " on " + machine), line);
        night.values.push_back(*speed);
        // One seed is enough to time a training again.
        night.seeds = {seed};
    }
}

void NightRecord::add_latency(const RowLine& line, const std::string& kind) {
    const auto nanoseconds = line.real("median_ns");
    if (!nanoseconds || line.text("method") != "measured") return;
    const Row row = latency_fields(line, kind);
    if (!is_ours(row)) return;  // what another library does is no regression of ours
    const Row case_fields = latency_case(row);
    History& history = latencies_[text_of(row, "machine") + case_fields.dump()];
    history.subject = latency_name(row);
    history.case_fields = case_fields;
    Night& night = night_of(history, line);
    night.values.push_back(*nanoseconds);
    night.command = kept(line.text("command"));
}

NightReport NightRecord::report(const std::string& commit, std::size_t nights) const {
    NightReport report;
    report.commit = commit.empty() ? newest_commit_ : commit;
    add_accuracies(report, around(accuracies_, report.commit, nights));
    add_steps(report, around(latencies_, report.commit, nights), "median_ns", 1, least_kernel_step);
    add_steps(report, around(speeds_, report.commit, nights), "images_per_second", -1, least_training_step);
    return report;
}

}  // namespace dsqbench
