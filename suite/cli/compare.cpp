// compare A B: did B get worse than A? Ends with exit code 6 when an accuracy did; a slower kernel may be the
// machine's.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "suite/cli/verbs.h"
#include "suite/core/text.h"
#include "suite/report/latency_change.h"
#include "suite/report/regression.h"
#include "suite/report/row_source.h"
#include "suite/report/row_text.h"

namespace dsqbench {

namespace {

struct CompareOptions {
    std::string a, b;
    std::vector<std::string> metrics{"top1", "images_per_second"};
};

// "A: results (10 rows of commit 0123456789ab)"
std::string source_text(const std::string& name, const std::string& path, const std::vector<Row>& rows) {
    std::set<std::string> commits;
    for (const Row& row : rows) commits.insert(text_of(row, "commit"));
    commits = short_commits(commits);
    return fmt::format("{}: {} ({} {} of commit {})\n", name, path, rows.size(), rows.size() == 1 ? "row" : "rows",
                       join({commits.begin(), commits.end()}, ", "));
}

bool holds_training(const std::vector<Row>& rows) {
    return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return text_of(row, "kind") == "training"; });
}

void compare(const CompareOptions& options, Session& session) {
    const auto a = load_rows(options.a), b = load_rows(options.b);
    const auto latencies = compare_latencies(a, b);
    RegressionReport report;
    // Rows of latency alone have no accuracies to compare.
    if (latencies.empty() || (holds_training(a) && holds_training(b))) report = compare_results(a, b, options.metrics);
    if (session.json) {
        auto json = to_json(report);
        json["latencies"] = to_json(latencies);
        print_json(json);
    } else {
        std::string text = source_text("A", options.a, a) + source_text("B", options.b, b);
        if (!report.changes.empty()) text += "\n" + format_table(report);
        if (!latencies.empty()) text += "\n" + format_table(latencies);
        print_result(text);
    }
    if (report.regression()) session.exit_code = ExitCode::regression;
}

void declare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<CompareOptions>();
    const std::string source =
        "run directory, folder of them, results folder, or .jsonl file; with @COMMIT or @MACHINE behind it only those "
        "rows";
    command.add_option("A", options->a, "the earlier result: " + source)->required();
    command.add_option("B", options->b, "the later result")->required();
    add_option(command, "--metric", options->metrics, "field of a result row; may be repeated")
        ->allow_extra_args(false)  // or it would swallow A and B
        ->capture_default_str();
    add_json_flag(command, session);
    command.callback([options, &session] { compare(*options, session); });
}

}  // namespace

const Verb compare_verb{"compare", "compare two runs or result sets, with tests", declare};

}  // namespace dsqbench
