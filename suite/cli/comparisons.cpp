#include "suite/cli/comparisons.h"

namespace dsqbench {

void print_comparisons(const std::vector<Comparison>& comparisons, TableFormat format, const Session& session) {
    if (session.json) {
        nlohmann::json all = nlohmann::json::array();
        for (const auto& comparison : comparisons) all.push_back(to_json(comparison));
        return print_json(all);
    }
    for (const auto& comparison : comparisons)
        print_result(format == TableFormat::markdown ? format_markdown(comparison) : format_table(comparison));
}

}  // namespace dsqbench
