#include "suite/report/regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/report/contestant.h"

namespace dsqbench {

namespace {

struct Pair {
    Contestant a, b;
};

const RowField& checked_metric(const std::string& name) {
    const RowField& field = row_field(name);
    if (field.direction.empty())
        throw Error(ExitCode::usage, "'" + name + "' has no better side, so it cannot get worse",
                    "try top1 or images_per_second");
    return field;
}

// What a recipe is judged by; a slower run is reported, but the machine may be to blame.
bool is_quality(const std::string& metric) {
    return metric == "top1" || metric == "top5" || metric == "loss";
}

std::map<std::string, std::vector<Row>> by_protocol(const std::vector<Row>& rows) {
    std::map<std::string, std::vector<Row>> groups;
    for (const Row& row : rows)
        if (text_of(row, "kind") == "training") groups[row.at("protocol_id")].push_back(row);
    return groups;
}

const Contestant* with_label(const std::vector<Contestant>& all, const std::string& label) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.label == label; });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> labels_missing_in(const std::vector<Contestant>& all, const std::vector<Contestant>& other) {
    std::vector<std::string> labels;
    for (const auto& contestant : all)
        if (with_label(other, contestant.label) == nullptr) labels.push_back(contestant.label);
    return labels;
}

std::vector<Pair> pairs_of(const std::vector<Contestant>& a, const std::vector<Contestant>& b) {
    if (a.size() == 1 && b.size() == 1) return {{a.front(), b.front()}};
    std::vector<Pair> pairs;
    for (const auto& contestant : a)
        if (const auto* partner = with_label(b, contestant.label)) pairs.push_back({contestant, *partner});
    return pairs;
}

bool same_seeds(const ValuesBySeed& a, const ValuesBySeed& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
}

// Minus the order of the arguments: B - A, so that a loss of accuracy is negative.
void test_change(MetricChange& change, const ValuesBySeed& a, const ValuesBySeed& b) {
    if (a.empty() || b.empty()) {
        change.notes.push_back("no run converged on one side");
        return;
    }
    const bool paired = same_seeds(a, b);
    const Difference tested =
        paired ? *difference_over_common_seeds(b, a) : welch_difference(values_of(b), values_of(a));
    change.difference = with_interval_of_unanimous(tested);
    if (tested.p_value)
        change.test = paired ? TestKind::paired_t : TestKind::welch_t;
    else if (tested.count > 1)
        change.test = TestKind::unanimous;
    else
        change.notes.push_back("a single seed cannot be tested");
}

void judge(MetricChange& change, const std::string& direction) {
    if (!change.difference || !excludes_zero(*change.difference)) return;
    const bool rose = change.difference->estimate > 0;
    change.better = rose == (direction == "higher");
    change.worse = !change.better;
}

std::vector<std::string> seeds_that_stopped_converging(const Pair& pair) {
    std::vector<std::string> seeds;
    for (const auto& [seed, row] : pair.b.by_seed) {
        const auto before = pair.a.by_seed.find(seed);
        if (!converged(row) && before != pair.a.by_seed.end() && converged(before->second))
            seeds.push_back(std::to_string(seed));
    }
    return seeds;
}

// Accuracy must not depend on the machine; speed and memory do.
void note_other_machines(MetricChange& change, const Pair& pair) {
    if (!is_quality(change.metric) && machines_of(pair.a) != machines_of(pair.b))
        change.notes.push_back("measured on different machines");
}

bool is_of_several_machines(const Pair& pair) {
    return machines_of(pair.a).size() > 1 || machines_of(pair.b).size() > 1;
}

void judge_quality(MetricChange& change, const Pair& pair) {
    const auto lost = seeds_that_stopped_converging(pair);
    if (!lost.empty()) change.notes.push_back("stopped converging: seed " + join(lost, ", "));
    const bool counts = publishable(pair.a) && publishable(pair.b);
    if (!counts) change.notes.push_back("unpublishable");
    change.regression = counts && (change.worse || !lost.empty());
}

MetricChange change_of(const Pair& pair, const RowField& metric) {
    const Row& any = pair.a.by_seed.begin()->second;
    const auto a = converged_values(pair.a, metric.name), b = converged_values(pair.b, metric.name);
    MetricChange change;
    change.recipe = text_of(any, "recipe");
    change.protocol_id = text_of(any, "protocol_id");
    change.label_a = pair.a.label;
    change.label_b = pair.b.label;
    change.metric = metric.name;
    change.count_a = a.size();
    change.count_b = b.size();
    if (!is_quality(metric.name) && is_of_several_machines(pair)) {
        change.notes.push_back("of several machines, which has no mean: choose one with @MACHINE");
        return change;
    }
    if (!a.empty()) change.mean_a = mean(values_of(a));
    if (!b.empty()) change.mean_b = mean(values_of(b));
    test_change(change, a, b);
    judge(change, metric.direction);
    note_other_machines(change, pair);
    if (is_quality(metric.name)) judge_quality(change, pair);
    return change;
}

void require_same_data_on_both_sides(const std::vector<Row>& a, const std::vector<Row>& b) {
    auto both = a;
    both.insert(both.end(), b.begin(), b.end());
    require_same_data(both);
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

bool RegressionReport::regression() const {
    return std::any_of(changes.begin(), changes.end(), [](const auto& change) { return change.regression; });
}

RegressionReport compare_results(const std::vector<Row>& a, const std::vector<Row>& b,
                                 const std::vector<std::string>& metrics) {
    RegressionReport report;
    const auto protocols_of_b = by_protocol(b);
    bool shared = false;
    for (const auto& [protocol, rows_a] : by_protocol(a)) {
        const auto partner = protocols_of_b.find(protocol);
        if (partner == protocols_of_b.end()) continue;
        shared = true;
        require_same_data_on_both_sides(rows_a, partner->second);
        const auto in_a = contestants(rows_a), in_b = contestants(partner->second);
        const auto pairs = pairs_of(in_a, in_b);
        for (const auto& pair : pairs)
            for (const auto& metric : metrics) report.changes.push_back(change_of(pair, checked_metric(metric)));
        if (in_a.size() == 1 && in_b.size() == 1) continue;
        append(report.only_in_a, labels_missing_in(in_a, in_b));
        append(report.only_in_b, labels_missing_in(in_b, in_a));
    }
    if (!shared)
        throw Error(ExitCode::data, "A and B were trained under different protocols",
                    "compare runs of one recipe: everything but the quantizers must be equal");
    if (report.changes.empty())
        throw Error(ExitCode::data, "A and B have no contender in common",
                    "A has " + join(report.only_in_a, ", ") + "; B has " + join(report.only_in_b, ", "));
    return report;
}

}  // namespace dsqbench
