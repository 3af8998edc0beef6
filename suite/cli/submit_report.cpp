#include "suite/cli/submit_report.h"

#include <fmt/format.h>

#include <map>

#include "suite/core/text.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

std::map<TaskState, std::size_t> counts_of(const ClusterReport& report) {
    std::map<TaskState, std::size_t> counts;
    for (const auto& status : report.states) ++counts[status.state];
    return counts;
}

// "8 runs: 3 done, 5 pending"
std::string summary_of(const ClusterReport& report) {
    std::vector<std::string> parts;
    for (const auto& [state, count] : counts_of(report)) parts.push_back(fmt::format("{} {}", count, to_text(state)));
    const std::string before = report.stored > 0 ? fmt::format("; {} more have rows already", report.stored) : "";
    return fmt::format("{} runs{}{}{}\n", report.tasks.size(), parts.empty() ? "" : ": ", join(parts, ", "), before);
}

// Errors can be of many lines; the log has them whole.
std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string shown(const std::filesystem::path& path) {
    return path.empty() ? "" : path.lexically_proximate(std::filesystem::current_path()).string();
}

std::string place_of(const TaskStatus& status) {
    const bool to_read = status.state == TaskState::failed || status.state == TaskState::lost;
    return to_read ? join({first_line(status.detail), shown(status.log)}, "; log: ") : first_line(status.detail);
}

std::string submitted(const Submission& submission) {
    std::string text;
    for (const auto& array : submission.arrays)
        text += fmt::format("submitted {} as job {}, {} element{}: {}\n", array.name, array.job, array.elements.size(),
                            array.elements.size() == 1 ? "" : "s", shown(submission.folder / (array.name + ".sh")));
    return text;
}

}  // namespace

std::string format_table(const ClusterReport& report) {
    TextTable table;
    table.add_column("run").add_column("state").add_column("element").add_column("");
    for (std::size_t i = 0; i < report.tasks.size(); ++i) {
        const TaskStatus& status = report.states[i];
        table.add_row({report.tasks[i].label, to_text(status.state), status.element, place_of(status)});
    }
    std::string text = report.tasks.empty() ? "" : table.aligned() + "\n";
    text += summary_of(report);
    if (report.submission) text += submitted(*report.submission);
    if (report.rows > 0) text += fmt::format("stored {} new row{}\n", report.rows, report.rows == 1 ? "" : "s");
    if (!report.note.empty()) text += report.note + "\n";
    return text;
}

nlohmann::json to_json(const ClusterReport& report) {
    nlohmann::json json = {{"stored", report.stored}, {"new_rows", report.rows}, {"tasks", nlohmann::json::array()}};
    for (std::size_t i = 0; i < report.tasks.size(); ++i) {
        const TaskStatus& status = report.states[i];
        json["tasks"].push_back({{"label", report.tasks[i].label},
                                 {"run", report.tasks[i].run},
                                 {"state", to_text(status.state)},
                                 {"element", status.element},
                                 {"detail", status.detail},
                                 {"log", status.log.string()}});
    }
    if (!report.note.empty()) json["note"] = report.note;
    if (!report.submission) return json;
    json["submission"] = report.submission->folder.string();
    for (const auto& array : report.submission->arrays)
        json["arrays"].push_back({{"name", array.name},
                                  {"job", array.job},
                                  {"elements", array.elements.size()},
                                  {"script", (report.submission->folder / (array.name + ".sh")).string()}});
    return json;
}

ExitCode exit_code_of(const ClusterReport& report) {
    const auto counts = counts_of(report);
    const auto any = [&](std::initializer_list<TaskState> states) {
        for (const TaskState state : states)
            if (counts.count(state) > 0) return true;
        return false;
    };
    if (any({TaskState::failed, TaskState::lost})) return ExitCode::failed;
    if (any({TaskState::running, TaskState::pending, TaskState::stopped, TaskState::not_submitted, TaskState::unknown}))
        return ExitCode::checkpointed;
    return any({TaskState::not_converged}) ? ExitCode::numeric : ExitCode::ok;
}

void print_scripts(const Submission& submission, const SlurmOptions& options, const Session& session) {
    nlohmann::json json = nlohmann::json::array();
    std::string text;
    for (const auto& array : submission.arrays) {
        const auto path = submission.folder / (array.name + ".sh");
        const auto script = slurm_script(submission, array, options, session.program, std::filesystem::current_path());
        json.push_back({{"script", path.string()}, {"text", script}});
        text += fmt::format("## {}\n{}\n", path.string(), script);
    }
    if (session.json) return print_json(json);
    print_result(text.empty() ? "## nothing to submit" : text);
}

}  // namespace dsqbench
