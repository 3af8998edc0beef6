// Claims about how much faster fewer bits are.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "suite/core/text.h"
#include "suite/report/claim_rules.h"

namespace dsqbench {

namespace {

// What two rows must have in common for their times to have a ratio.
std::string case_of(const Row& row) {
    std::vector<std::string> values;
    for (const char* field : {"machine", "processor", "held_to", "layer", "shape", "threads", "cache"})
        values.push_back(row.contains(field) ? row[field].dump() : "");
    return join(values, "|");
}

bool is_claimed(const Row& row, const TomlFields& rule) {
    if (text_of(row, "kind") != "kernel" || text_of(row, "network") != rule.text("network")) return false;
    if (text_of(row, "method") != "measured" || text_of(row, "variant") != rule.text("variant")) return false;
    const auto layers = rule.texts("layers");
    const bool named = std::find(layers.begin(), layers.end(), text_of(row, "layer")) != layers.end();
    return named && row.at("publishable").get<bool>() && real_of(row, "median_ns");
}

}  // namespace

// Median time of each layer at `slow_bits` over that at `fast_bits`: all within [low, high].
ClaimVerdict judge_latency_ratio(const Claim& claim, const Evidence& evidence) {
    const TomlFields& rule = claim.rule;
    std::map<std::string, std::map<int, const Row*>> cases;
    for (const Row& row : evidence.rows) {
        if (!is_claimed(row, rule)) continue;
        const Row*& kept = cases[case_of(row)][row.at("weight_bits").get<int>()];
        if (kept == nullptr || text_of(*kept, "time") <= text_of(row, "time")) kept = &row;
    }
    ClaimVerdict verdict;
    std::vector<double> ratios;
    std::set<std::string> machines;
    for (const auto& [name, by_bits] : cases) {
        const auto slow = by_bits.find(rule.integer("slow_bits")), fast = by_bits.find(rule.integer("fast_bits"));
        if (slow == by_bits.end() || fast == by_bits.end()) continue;
        ratios.push_back(*real_of(*slow->second, "median_ns") / *real_of(*fast->second, "median_ns"));
        machines.insert(text_of(*fast->second, "machine"));
        for (const Row* row : {slow->second, fast->second}) verdict.row_ids.push_back(text_of(*row, "row_id"));
    }
    if (ratios.empty())
        return missing(fmt::format("measured rows of {} on {} of {} at {} and {} bits, on a machine with {}",
                                   rule.text("variant"), join(rule.texts("layers"), ", "), rule.text("network"),
                                   rule.integer("slow_bits"), rule.integer("fast_bits"), rule.text("instruction_set")));
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    verdict.kind =
        *least >= rule.real("low") && *most <= rule.real("high") ? VerdictKind::holds : VerdictKind::does_not_hold;
    verdict.reason = fmt::format("{} bits over {} bits: {:.2f} to {:.2f} in {} cases on {}, claimed {} to {}",
                                 rule.integer("slow_bits"), rule.integer("fast_bits"), *least, *most, ratios.size(),
                                 join({machines.begin(), machines.end()}, ", "), rule.real("low"), rule.real("high"));
    return verdict;
}

}  // namespace dsqbench
