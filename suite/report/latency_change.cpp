#include "suite/report/latency_change.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "suite/core/text.h"
#include "suite/report/difference_json.h"
#include "suite/report/latency_case.h"
#include "suite/report/number_text.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

constexpr double significance = 0.05;

using Group = std::pair<std::string, std::string>;  // kind, network
using Cases = std::map<std::string, const Row*>;

std::map<Group, Cases> newest_of(const std::vector<Row>& rows) {
    std::map<Group, Cases> groups;
    for (const Row& row : rows) {
        const std::string kind = text_of(row, "kind");
        if (kind != "kernel" && kind != "network") continue;
        if (text_of(row, "method") != "measured" || !is_ours(row) || !row.value("publishable", false)) continue;
        if (!real_of(row, "median_ns")) continue;
        Row fields = latency_case(row);
        fields.erase("processor");
        const Row*& kept = groups[{kind, text_of(row, "network")}][fields.dump()];
        if (kept == nullptr || text_of(*kept, "time") <= text_of(row, "time")) kept = &row;
    }
    return groups;
}

LatencyChange change_of(const Group& group, const std::vector<std::pair<const Row*, const Row*>>& pairs) {
    LatencyChange change{group.first, group.second, pairs.size(), 1, {}, {}, {}, 0, {}, {}};
    std::vector<double> a, b;
    std::set<std::string> machines_a, machines_b;
    for (const auto& [of_a, of_b] : pairs) {
        a.push_back(std::log(*real_of(*of_a, "median_ns")));
        b.push_back(std::log(*real_of(*of_b, "median_ns")));
        machines_a.insert(text_of(*of_a, "machine"));
        machines_b.insert(text_of(*of_b, "machine"));
        const double ratio = std::exp(b.back() - a.back());
        if (ratio <= change.slowest_ratio) continue;
        change.slowest_ratio = ratio;
        change.slowest = subject_of_latency(*of_b) + " " + setting_of_latency(*of_b);
    }
    const Difference difference = paired_difference(b, a);
    change.ratio = std::exp(difference.estimate);
    if (difference.confidence)
        change.confidence = Interval{std::exp(difference.confidence->low), std::exp(difference.confidence->high)};
    change.p_value = difference.p_value;
    change.machines_a.assign(machines_a.begin(), machines_a.end());
    change.machines_b.assign(machines_b.begin(), machines_b.end());
    return change;
}

std::string verdict_of(const LatencyChange& change) {
    if (!change.p_value) return "not tested";
    if (*change.p_value >= significance) return "no difference shown";
    return change.ratio > 1 ? "slower" : "faster";
}

std::string note_of(const LatencyChange& change) {
    return change.machines_a == change.machines_b ? "" : "measured on different machines";
}

}  // namespace

std::vector<LatencyChange> compare_latencies(const std::vector<Row>& a, const std::vector<Row>& b) {
    const auto of_b = newest_of(b);
    std::vector<LatencyChange> changes;
    for (const auto& [group, cases] : newest_of(a)) {
        const auto partner = of_b.find(group);
        if (partner == of_b.end()) continue;
        std::vector<std::pair<const Row*, const Row*>> pairs;
        for (const auto& [name, row] : cases)
            if (const auto found = partner->second.find(name); found != partner->second.end())
                pairs.emplace_back(row, found->second);
        if (!pairs.empty()) changes.push_back(change_of(group, pairs));
    }
    return changes;
}

std::string format_table(const std::vector<LatencyChange>& changes) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("latency of").add_column("cases", right).add_column("B / A", right).add_column("95 % interval");
    table.add_column("p", right).add_column("verdict").add_column("slowest case", right).add_column("of");
    table.add_column("note");
    for (const auto& change : changes) {
        const std::string interval =
            change.confidence ? fmt::format("[{:.3f}, {:.3f}]", change.confidence->low, change.confidence->high)
                              : undefined_text;
        table.add_row({change.network + (change.kind == "kernel" ? ", by layer" : ""), std::to_string(change.count),
                       number_text(change.ratio, 3), interval, p_value_text(change.p_value), verdict_of(change),
                       number_text(change.slowest_ratio, 3), change.slowest, note_of(change)});
    }
    return table.aligned();
}

nlohmann::json to_json(const std::vector<LatencyChange>& changes) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& change : changes) {
        nlohmann::json low, high;
        if (change.confidence) {
            low = change.confidence->low;
            high = change.confidence->high;
        }
        list.push_back({{"kind", change.kind},
                        {"network", change.network},
                        {"cases", change.count},
                        {"ratio", change.ratio},
                        {"low", low},
                        {"high", high},
                        {"p_value", or_null(change.p_value)},
                        {"verdict", verdict_of(change)},
                        {"slowest", change.slowest},
                        {"slowest_ratio", change.slowest_ratio},
                        {"machines_a", change.machines_a},
                        {"machines_b", change.machines_b}});
    }
    return list;
}

}  // namespace dsqbench
