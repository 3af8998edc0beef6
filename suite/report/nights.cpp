#include "suite/report/nights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "suite/report/difference_json.h"
#include "suite/report/number_text.h"
#include "suite/report/statistics.h"

namespace dsqbench {

namespace {

constexpr double significance = 0.01, least_drop = 0.2;
constexpr double least_kernel_step = 0.05, least_training_step = 0.10, deviations = 4;
constexpr std::size_t nights_to_know = 3;
// MAD to standard deviation for a normal distribution: 1 / Phi^-1(3/4).
constexpr double mad_scale = 1.4826;

struct Night {
    std::string commit;
    std::vector<double> values;
    std::vector<std::uint64_t> seeds;  // of the values, for accuracies
    std::size_t not_converged = 0;
    std::string command;
};

// One case over its nights, oldest first.
struct History {
    std::string subject, variant;
    std::vector<Night> nights;

    Night& of(const std::string& commit) {
        for (auto& night : nights)
            if (night.commit == commit) return night;
        return nights.emplace_back(Night{commit, {}, {}, 0, {}});
    }
};

using Histories = std::map<std::string, History>;

std::optional<double> real(const Row& row, const char* field) {
    return row.contains(field) && row[field].is_number() ? std::optional(row[field].get<double>()) : std::nullopt;
}

std::vector<const Row*> by_time(const std::vector<Row>& rows) {
    std::vector<const Row*> order;
    for (const Row& row : rows)
        if (row.value("publishable", false)) order.push_back(&row);
    std::stable_sort(order.begin(), order.end(),
                     [](const Row* a, const Row* b) { return text_of(*a, "time") < text_of(*b, "time"); });
    return order;
}

// Cuts each history to the `commit` and at most `most` nights before it; drops those that it has no night in.
Histories around(Histories histories, const std::string& commit, std::size_t most) {
    for (auto each = histories.begin(); each != histories.end();) {
        auto& nights = each->second.nights;
        const auto now = std::find_if(nights.begin(), nights.end(), [&](const Night& n) { return n.commit == commit; });
        if (now == nights.end() || now == nights.begin()) {
            each = histories.erase(each);
            continue;
        }
        nights.erase(now + 1, nights.end());
        if (nights.size() > most + 1)
            nights.erase(nights.begin(), nights.end() - static_cast<std::ptrdiff_t>(most + 1));
        ++each;
    }
    return histories;
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

Alarm alarm_of(const History& history, const std::string& metric, double before, double now) {
    Alarm alarm;
    alarm.subject = history.subject;
    alarm.variant = history.variant;
    alarm.metric = metric;
    alarm.before = before;
    alarm.now = now;
    const std::size_t bad = first_bad_night(history, before, now);
    alarm.since_commit = history.nights[bad].commit;
    if (bad > 0) alarm.last_good_commit = history.nights[bad - 1].commit;
    alarm.command = history.nights.back().command;
    return alarm;
}

Histories accuracies(const std::vector<const Row*>& rows) {
    Histories histories;
    for (const Row* row : rows) {
        if (text_of(*row, "kind") != "training" || text_of(*row, "evaluated_on") != "test") continue;
        const std::string key = text_of(*row, "protocol_id") + text_of(*row, "label");
        History& history = histories[key];
        history.subject = text_of(*row, "recipe") + ": " + text_of(*row, "label");
        Night& night = history.of(text_of(*row, "commit"));
        night.command =
            fmt::format("dsqbench run --recipe {} --quantizer {}", text_of(*row, "recipe"), text_of(*row, "label"));
        if (text_of(*row, "outcome") != "finished") {
            ++night.not_converged;
        } else if (const auto top1 = real(*row, "top1")) {
            night.values.push_back(*top1);
            night.seeds.push_back(row->value("seed", std::uint64_t{0}));
        }
    }
    return histories;
}

void add_divergence(std::vector<Alarm>& alarms, const History& history) {
    std::size_t before = 0;
    for (std::size_t i = 0; i + 1 < history.nights.size(); ++i) before += history.nights[i].not_converged;
    const Night& now = history.nights.back();
    if (before > 0 || now.not_converged == 0) return;
    Alarm alarm;
    alarm.subject = history.subject;
    alarm.metric = "runs that did not converge";
    alarm.now = static_cast<double>(now.not_converged);
    alarm.change = fmt::format("{} of {}, none before", now.not_converged, now.not_converged + now.values.size());
    alarm.since_commit = now.commit;
    alarm.last_good_commit = history.nights[history.nights.size() - 2].commit;
    alarm.command = now.command;
    alarms.push_back(alarm);
}

// Holm (1979): of m tests the i-th smallest p counts m - i times, and none less than a smaller one.
void correct_by_holm(std::vector<Alarm>& drops) {
    std::sort(drops.begin(), drops.end(), [](const auto& a, const auto& b) { return *a.p_value < *b.p_value; });
    double largest = 0;
    for (std::size_t i = 0; i < drops.size(); ++i) {
        largest = std::max(largest, std::min(1.0, *drops[i].p_value * static_cast<double>(drops.size() - i)));
        drops[i].p_value = largest;
    }
}

void add_accuracy(std::vector<Alarm>& alarms, const Histories& histories) {
    std::vector<Alarm> tested;
    for (const auto& [key, history] : histories) {
        add_divergence(alarms, history);
        const auto before = accuracies_before(history), now = history.nights.back().values;
        if (before.empty() || now.empty()) continue;
        const Difference difference = welch_difference(now, before);
        if (!difference.p_value) continue;
        Alarm alarm = alarm_of(history, "top1", mean(before), mean(now));
        alarm.unit = "%";
        alarm.p_value = difference.p_value;
        alarm.change = signed_text(difference.estimate, 2) + " points";
        tested.push_back(alarm);
    }
    correct_by_holm(tested);
    for (const auto& alarm : tested)
        if (*alarm.p_value < significance && alarm.before - alarm.now >= least_drop) alarms.push_back(alarm);
}

double spread_around(const std::vector<double>& values, double centre) {
    std::vector<double> distances;
    for (const double value : values) distances.push_back(std::abs(value - centre));
    return mad_scale * median(distances);
}

// `worse`: +1 when larger is worse, -1 when smaller is.
void add_steps(std::vector<Alarm>& alarms, const Histories& histories, const std::string& metric, int worse,
               double least) {
    for (const auto& [key, history] : histories) {
        std::vector<double> medians;
        for (const auto& night : history.nights)
            if (!night.values.empty()) medians.push_back(median(night.values));
        if (history.nights.back().values.empty() || medians.size() < nights_to_know + 1) continue;
        const double now = medians.back();
        medians.pop_back();
        const double before = median(medians);
        if (!(before > 0)) continue;
        const double step = worse * (now - before);
        if (step < least * before || step < deviations * spread_around(medians, before)) continue;
        Alarm alarm = alarm_of(history, metric, before, now);
        alarm.standing = Alarm::Standing::suspicion;
        alarm.unit = worse > 0 ? "ns" : "images/s";
        alarm.change = signed_text(100 * (now - before) / before, 1) + " %";
        alarms.push_back(alarm);
    }
}

Histories kernel_times(const std::vector<const Row*>& rows) {
    Histories histories;
    for (const Row* row : rows) {
        const auto nanoseconds = real(*row, "median_ns");
        if (text_of(*row, "kind") != "kernel" || !nanoseconds) continue;
        const std::string subject =
            fmt::format("{} {} {} W{}A{}, {} threads, {}, {}", text_of(*row, "network"), text_of(*row, "layer"),
                        text_of(*row, "variant"), row->value("weight_bits", 0), row->value("activation_bits", 0),
                        row->value("threads", 1), text_of(*row, "cache"), text_of(*row, "machine"));
        History& history = histories[subject + text_of(*row, "shape")];
        history.subject = subject;
        history.variant = text_of(*row, "variant");
        Night& night = history.of(text_of(*row, "commit"));
        night.values.push_back(*nanoseconds);
        night.command = text_of(*row, "command");
    }
    return histories;
}

Histories training_speeds(const std::vector<const Row*>& rows) {
    Histories histories;
    for (const Row* row : rows) {
        const auto speed = real(*row, "images_per_second");
        if (text_of(*row, "kind") != "training" || !speed) continue;
        const std::string subject =
            fmt::format("{}: {} on {}", text_of(*row, "recipe"), text_of(*row, "label"), text_of(*row, "machine"));
        History& history = histories[subject + text_of(*row, "protocol_id")];
        history.subject = subject;
        Night& night = history.of(text_of(*row, "commit"));
        night.values.push_back(*speed);
        night.command = fmt::format("dsqbench run --recipe {} --quantizer {} --seeds {}", text_of(*row, "recipe"),
                                    text_of(*row, "label"), row->value("seed", std::uint64_t{0}));
    }
    return histories;
}

std::string short_commit(const std::string& commit) {
    return commit.substr(0, 12) + (commit.ends_with("-dirty") ? "-dirty" : "");
}

}  // namespace

std::vector<Alarm> alarms_of(const std::vector<Row>& rows, const std::string& commit, std::size_t nights) {
    const auto order = by_time(rows);
    if (order.empty()) return {};
    const std::string newest = commit.empty() ? text_of(*order.back(), "commit") : commit;
    std::vector<Alarm> alarms;
    add_accuracy(alarms, around(accuracies(order), newest, nights));
    add_steps(alarms, around(kernel_times(order), newest, nights), "median_ns", 1, least_kernel_step);
    add_steps(alarms, around(training_speeds(order), newest, nights), "images_per_second", -1, least_training_step);
    return alarms;
}

std::string format_text(const std::vector<Alarm>& alarms) {
    if (alarms.empty()) return "no regression\n";
    std::string text;
    for (const auto& alarm : alarms) {
        text += fmt::format("{}: {} of {}: {:.6g} {} before, {:.6g} now ({})\n",
                            alarm.standing == Alarm::Standing::certain ? "regression" : "suspicion", alarm.metric,
                            alarm.subject, alarm.before, alarm.unit, alarm.now, alarm.change);
        text += fmt::format("  since commit {}; last good {}", short_commit(alarm.since_commit),
                            alarm.last_good_commit.empty() ? "unknown" : short_commit(alarm.last_good_commit));
        text += alarm.p_value ? fmt::format("; p = {} after Holm\n", p_value_text(alarm.p_value)) : "\n";
        if (!alarm.command.empty()) text += "  again: " + alarm.command + "\n";
    }
    return text;
}

nlohmann::json to_json(const std::vector<Alarm>& alarms) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& alarm : alarms)
        list.push_back({{"standing", alarm.standing == Alarm::Standing::certain ? "certain" : "suspicion"},
                        {"subject", alarm.subject},
                        {"variant", alarm.variant},
                        {"metric", alarm.metric},
                        {"unit", alarm.unit},
                        {"before", alarm.before},
                        {"now", alarm.now},
                        {"change", alarm.change},
                        {"p_value", or_null(alarm.p_value)},
                        {"last_good_commit", alarm.last_good_commit},
                        {"since_commit", alarm.since_commit},
                        {"command", alarm.command}});
    return list;
}

}  // namespace dsqbench
