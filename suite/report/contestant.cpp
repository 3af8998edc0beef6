#include "suite/report/contestant.h"

#include <algorithm>
#include <utility>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

bool is_training(const Row& row) {
    return text_of(row, "kind") == "training";
}

Contestant& with_label(std::vector<Contestant>& all, const std::string& label) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.label == label; });
    if (known != all.end()) return *known;
    return all.emplace_back(Contestant{label, {}});
}

}  // namespace

void add_newest(RowsBySeed& by_seed, const Row& row) {
    const auto worth = [](const Row& each) {
        return std::pair(each.at("publishable").get<bool>(), text_of(each, "time"));
    };
    const auto [known, is_new] = by_seed.emplace(row.at("seed").get<std::uint64_t>(), row);
    if (!is_new && worth(row) >= worth(known->second)) known->second = row;
}

std::vector<Contestant> contestants(const std::vector<Row>& rows) {
    std::vector<Contestant> all;
    for (const Row& row : rows)
        if (is_training(row)) add_newest(with_label(all, row.at("label")).by_seed, row);
    return all;
}

bool converged(const Row& row) {
    return text_of(row, "outcome") == "finished";
}

ValuesBySeed converged_values(const Contestant& contestant, const std::string& metric) {
    ValuesBySeed values;
    for (const auto& [seed, row] : contestant.by_seed)
        if (converged(row) && row.contains(metric) && row[metric].is_number()) values[seed] = row[metric].get<double>();
    return values;
}

std::vector<double> values_of(const ValuesBySeed& by_seed) {
    std::vector<double> values;
    for (const auto& [seed, value] : by_seed) values.push_back(value);
    return values;
}

std::map<std::string, double> speeds_of(const std::vector<Row>& rows) {
    std::map<std::string, std::vector<double>> by_machine;
    for (const Row& row : rows)
        if (const auto speed = real_of(row, "images_per_second"); speed && converged(row))
            by_machine[text_of(row, "machine")].push_back(*speed);
    std::map<std::string, double> medians;
    for (const auto& [machine, speeds] : by_machine) medians[machine] = median(speeds);
    return medians;
}

std::set<std::string> machines_of(const Contestant& contestant) {
    std::set<std::string> machines;
    for (const auto& [seed, row] : contestant.by_seed) machines.insert(text_of(row, "machine"));
    return machines;
}

std::optional<Difference> difference_over_common_seeds(const ValuesBySeed& a, const ValuesBySeed& b) {
    std::vector<double> of_a, of_b;
    for (const auto& [seed, value] : a) {
        const auto partner = b.find(seed);
        if (partner == b.end()) continue;
        of_a.push_back(value);
        of_b.push_back(partner->second);
    }
    if (of_a.empty()) return std::nullopt;
    return paired_difference(of_a, of_b);
}

bool publishable(const Contestant& contestant) {
    return std::all_of(contestant.by_seed.begin(), contestant.by_seed.end(),
                       [](const auto& item) { return item.second.at("publishable").template get<bool>(); });
}

void require_same_data(const std::vector<Row>& rows) {
    const Row* first = nullptr;
    for (const Row& row : rows) {
        if (!is_training(row)) continue;
        if (first == nullptr) first = &row;
        if (row.at("dataset_fingerprint") != first->at("dataset_fingerprint"))
            throw Error(ExitCode::failed,
                        "the rows of '" + text_of(row, "label") + "' come from other data than the rest",
                        "check the data sets with `dsqbench data`");
    }
}

}  // namespace dsqbench
