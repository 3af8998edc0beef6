// How a regression report is written: for a terminal and as JSON.
#include <fmt/format.h>

#include "suite/core/text.h"
#include "suite/report/difference_json.h"
#include "suite/report/number_text.h"
#include "suite/report/regression.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

std::string contender_text(const MetricChange& change) {
    return change.label_a == change.label_b ? change.label_a : change.label_a + " → " + change.label_b;
}

std::string mean_text(std::optional<double> mean, std::size_t count) {
    return mean ? fmt::format("{:.2f} ({})", *mean, count) : undefined_text;
}

std::string test_text(TestKind test) {
    switch (test) {
        case TestKind::paired_t:
            return "paired t";
        case TestKind::welch_t:
            return "Welch t";
        case TestKind::unanimous:
            return "all seeds alike";
        default:
            return undefined_text;
    }
}

std::string verdict_text(const MetricChange& change) {
    if (change.regression) return "regression";
    if (change.worse) return "worse";
    if (change.better) return "better";
    if (change.test == TestKind::unanimous) return "equal";
    return change.test == TestKind::none ? "not tested" : "no difference shown";
}

std::string label_list(const std::string& where, const std::vector<std::string>& labels) {
    return labels.empty() ? "" : "only in " + where + ": " + join(labels, ", ") + "\n";
}

// Ten tests at 5 % find half a difference where there is none: the reader should know how many there were.
std::string chance_text(const RegressionReport& report) {
    std::size_t tests = 0;
    for (const auto& change : report.changes) tests += change.difference && change.difference->p_value ? 1 : 0;
    if (tests < 2) return "";
    return fmt::format("{} tests at p < 0.05: {:.1f} of them differ by chance alone where nothing changed\n", tests,
                       0.05 * static_cast<double>(tests));
}

nlohmann::json to_json(const MetricChange& change) {
    return {{"recipe", change.recipe},
            {"protocol_id", change.protocol_id},
            {"label_a", change.label_a},
            {"label_b", change.label_b},
            {"metric", change.metric},
            {"mean_a", or_null(change.mean_a)},
            {"mean_b", or_null(change.mean_b)},
            {"count_a", change.count_a},
            {"count_b", change.count_b},
            {"difference", or_null(change.difference)},
            {"test", change.test == TestKind::none ? nlohmann::json() : nlohmann::json(test_text(change.test))},
            {"verdict", verdict_text(change)},
            {"regression", change.regression},
            {"notes", change.notes}};
}

}  // namespace

std::string format_table(const RegressionReport& report) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("recipe").add_column("contender").add_column("metric").add_column("A (seeds)", right);
    table.add_column("B (seeds)", right).add_column("B − A", right).add_column("95 % interval").add_column("p", right);
    table.add_column("test").add_column("verdict").add_column("note");
    for (const auto& change : report.changes) {
        const Difference difference = change.difference.value_or(Difference{});
        table.add_row({change.recipe, contender_text(change), change.metric, mean_text(change.mean_a, change.count_a),
                       mean_text(change.mean_b, change.count_b),
                       change.difference ? signed_text(difference.estimate, 2) : undefined_text,
                       interval_text(difference.confidence, 2), p_value_text(difference.p_value),
                       test_text(change.test), verdict_text(change), join(change.notes, "; ")});
    }
    const std::string footer =
        label_list("A", report.only_in_a) + label_list("B", report.only_in_b) + chance_text(report);
    return footer.empty() ? table.aligned() : table.aligned() + "\n" + footer;
}

nlohmann::json to_json(const RegressionReport& report) {
    nlohmann::json changes = nlohmann::json::array();
    for (const auto& change : report.changes) changes.push_back(to_json(change));
    return {{"changes", changes},
            {"only_in_a", report.only_in_a},
            {"only_in_b", report.only_in_b},
            {"regression", report.regression()}};
}

}  // namespace dsqbench
