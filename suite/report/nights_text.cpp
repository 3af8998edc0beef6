// How alarms are written: for people and as JSON.
#include <fmt/format.h>

#include "suite/report/difference_json.h"
#include "suite/report/nights.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

std::string short_commit(const std::string& commit) {
    return commit.substr(0, 12) + (commit.ends_with("-dirty") ? "-dirty" : "");
}

}  // namespace

std::string comparison_text(const NightReport& report) {
    const std::string compared = report.compared > 0 ? std::to_string(report.compared) : "none";
    const std::string why_not = report.compared > 0 ? "" : ", which have too few rows of them";
    return fmt::format("{} of {} cases of commit {} could be compared with the commits before it{}\n", compared,
                       report.cases, short_commit(report.commit), why_not);
}

std::string format_text(const NightReport& report) {
    std::string text = comparison_text(report);
    if (report.alarms.empty() && report.compared > 0) return text + "no regression\n";
    for (const auto& alarm : report.alarms) {
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
                        {"case", alarm.case_fields},
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
