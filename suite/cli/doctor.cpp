// `dsqbench doctor`: the machine's fitness to measure. Warnings are advice, not errors: the exit code is 0.
#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/verbs.h"
#include "suite/record/build_info.h"
#include "suite/record/fitness.h"
#include "suite/record/machine.h"
#ifdef DSQBENCH_WITH_TORCH
#include <torch/version.h>
#endif

namespace dsqbench {

namespace {

using Json = nlohmann::json;

Finding libtorch() {
#ifdef DSQBENCH_WITH_TORCH
    return {"libtorch", Fitness::ok, TORCH_VERSION, ""};
#else
    return {"libtorch", Fitness::ok, "not in this build: it can compare and validate, not train", ""};
#endif
}

std::vector<Finding> examine(const std::filesystem::path& runs_folder) {
    std::vector<Finding> findings{{"machine", Fitness::ok, machine_name(), ""},
                                  {"cores", Fitness::ok, fmt::format("{} of {}", core_count(), cpu_model()), ""}};
    for (const auto& part : {machine_findings("/"), build_findings()})
        findings.insert(findings.end(), part.begin(), part.end());
    findings.push_back(disk_finding(runs_folder));
    findings.push_back(libtorch());
    return findings;
}

std::ptrdiff_t count_warnings(const std::vector<Finding>& findings) {
    return std::count_if(findings.begin(), findings.end(),
                         [](const Finding& finding) { return finding.fitness == Fitness::warning; });
}

std::string as_text(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += fmt::format("{:<8} {:<17} {}\n", name_of(finding.fitness), finding.subject, finding.found);
        if (!finding.advice.empty()) text += fmt::format("{:<26} -> {}\n", "", finding.advice);
    }
    const auto warnings = count_warnings(findings);
    return text +
           (warnings == 0 ? "fit to measure\n" : fmt::format("{} warning{}\n", warnings, warnings == 1 ? "" : "s"));
}

Json as_json(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings)
        list.push_back({{"subject", finding.subject},
                        {"fitness", name_of(finding.fitness)},
                        {"found", finding.found},
                        {"advice", finding.advice}});
    return {{"findings", list},
            {"warnings", count_warnings(findings)},
            {"machine", machine_name()},
            {"commit", build_info().commit}};
}

void declare(CLI::App& command, Session& session) {
    add_option(command, "--runs-dir", session.runs_folder, "folder of run directories")->capture_default_str();
    add_json_flag(command, session);
    command.callback([&session] {
        const auto findings = examine(session.runs_folder);
        if (session.json)
            print_json(as_json(findings));
        else
            print_result(as_text(findings));
    });
}

}  // namespace

const Verb doctor_verb{"doctor", "say how fit this machine and this build are to measure", declare};

}  // namespace dsqbench
