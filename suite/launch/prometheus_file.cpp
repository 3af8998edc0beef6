#include "suite/launch/prometheus_file.h"

#include <fmt/format.h>

#include <functional>

#include "suite/core/clock.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

constexpr double seconds_between_files = 5;  // scrapers come every 15 s or less often

const std::vector<std::string>& states() {
    static const std::vector<std::string> names{"waiting", "running", "succeeded", "failed", "stopped"};
    return names;
}

std::string name_of(TaskOutcome::State state) {
    switch (state) {
        case TaskOutcome::State::succeeded:
            return "succeeded";
        case TaskOutcome::State::failed:
            return "failed";
        case TaskOutcome::State::stopped:
            return "stopped";
        case TaskOutcome::State::not_started:
            break;
    }
    return "waiting";
}

// A value as the format quotes it; one that is no UTF-8 would spoil the whole file.
std::string escaped(const std::string& value) {
    const bool is_text = is_utf8(value);
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += is_text || static_cast<unsigned char>(c) < 0x80 ? c : '?';
    }
    return text;
}

std::string text_of(const PrometheusFile::Labels& labels) {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : labels) pairs.push_back(name + "=\"" + escaped(value) + "\"");
    return join(pairs, ",");
}

struct Metric {
    std::string name, help;
    std::function<std::optional<double>(const ProgressReport&)> value;
};

Metric metric_of(const std::string& figure, const std::string& name, const std::string& help, double scale = 1) {
    return {name, help, [figure, scale](const ProgressReport& report) -> std::optional<double> {
                const auto found = report.figures.find(figure);
                return found == report.figures.end() ? std::nullopt : std::optional(found->second * scale);
            }};
}

const std::vector<Metric>& metrics() {
    static const std::vector<Metric> all{
        {"dsqbench_run_progress_ratio", "Part of the run that is done.",
         [](const ProgressReport& report) { return std::optional(report.fraction); }},
        metric_of("epoch", "dsqbench_run_epoch", "Epoch that the run is in, from 1."),
        metric_of("epochs", "dsqbench_run_epochs", "Epochs of the run."),
        metric_of("loss", "dsqbench_run_loss", "Cross-entropy of the last training batch."),
        metric_of("images_per_second", "dsqbench_run_images_per_second", "Training speed, evaluation not counted."),
        metric_of("top1", "dsqbench_run_top1_ratio", "Accuracy after the last whole epoch.", 0.01),
        {"dsqbench_run_memory_bytes", "Resident memory of the run's process.", [](const ProgressReport& report) {
             return report.memory ? std::optional(static_cast<double>(report.memory->now)) : std::nullopt;
         }}};
    return all;
}

std::string head_of(const std::string& name, const std::string& help) {
    return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
}

}  // namespace

PrometheusFile::PrometheusFile(std::filesystem::path path, const std::vector<Labels>& runs) : path_(std::move(path)) {
    for (const auto& labels : runs) runs_.push_back({text_of(labels), "waiting", {}});
    write();
}

void PrometheusFile::reported(std::size_t run, const ProgressReport& report) {
    runs_.at(run).state = "running";
    runs_.at(run).last = report;
}

void PrometheusFile::ended(std::size_t run, const TaskOutcome& outcome) {
    Run& ended = runs_.at(run);
    ended.state = name_of(outcome.state);
    if (ended.last && outcome.state == TaskOutcome::State::succeeded) ended.last->fraction = 1;
    run_ended_ = true;
}

bool PrometheusFile::is_due() const {
    return run_ended_ || monotonic_seconds() - written_ >= seconds_between_files;
}

void PrometheusFile::write() {
    run_ended_ = false;
    written_ = monotonic_seconds();  // a disk that is full is not tried at every report either
    write_file_atomically(path_, text());
}

std::string PrometheusFile::text() const {
    std::string text = head_of("dsqbench_run_state", "1 for the state that the run is in.");
    for (const Run& run : runs_)
        for (const auto& state : states())
            text += fmt::format("dsqbench_run_state{{{},state=\"{}\"}} {}\n", run.labels, state,
                                run.state == state ? 1 : 0);
    for (const auto& metric : metrics()) {
        std::string lines;
        for (const Run& run : runs_)
            if (const auto value = run.last ? metric.value(*run.last) : std::nullopt)
                lines += fmt::format("{}{{{}}} {}\n", metric.name, run.labels, *value);
        if (!lines.empty()) text += head_of(metric.name, metric.help) + lines;
    }
    return text;
}

}  // namespace dsqbench
