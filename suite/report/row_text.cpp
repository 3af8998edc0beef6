#include "suite/report/row_text.h"

#include <optional>

#include "suite/report/number_text.h"

namespace dsqbench {

std::string number_text(const Row& row, const std::string& field, int decimals, double factor) {
    const auto value = real_of(row, field);
    return number_text(value ? std::optional(*value * factor) : std::nullopt, decimals);
}

std::string ratio_text(const Row& row, const std::string& field) {
    const std::string text = number_text(row, field, 2);
    return text == undefined_text ? text : text + "x";
}

std::string samples_text(const Row& row) {
    if (!real_of(row, "samples")) return undefined_text;
    return number_text(row, "samples", 0) + " (" + number_text(row, "rejected_samples", 0) + ")";
}

std::set<std::string> short_commits(const std::set<std::string>& commits) {
    std::set<std::string> texts;
    for (const std::string& commit : commits)
        texts.insert(commit.substr(0, 12) + (commit.ends_with("-dirty") ? "-dirty" : ""));
    return texts;
}

}  // namespace dsqbench
