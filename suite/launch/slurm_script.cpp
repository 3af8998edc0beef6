#include "suite/launch/slurm_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "suite/core/error.h"
#include "suite/core/shell.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

constexpr std::size_t longest_comment = 200;
// Slurm looks at its limits once a minute, so a signal may come that much earlier than asked.
constexpr std::size_t longest_field = 1'000'000;
constexpr std::size_t signal_slack_seconds = 60;

// What the plan decides; with these changed, elements would not be the runs that the submission says they are.
constexpr std::array owned_options{
    "--array", "--output", "--error",      "--open-mode", "--input",    "--signal", "--requeue",   "--no-requeue",
    "--chdir", "--wrap",   "--dependency", "--parsable",  "--job-name", "--wait",   "--test-only", "--clusters"};

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

void refuse_control_characters(const std::string& text) {
    if (has_control_character(text)) throw Error(ExitCode::usage, "a control character in an option for sbatch");
}

void check_further(const std::string& option) {
    refuse_control_characters(option);
    // A short option can have its value behind it without a space, which hides which one it is.
    if (option.rfind("--", 0) != 0)
        throw Error(ExitCode::usage, "'" + option + "' is no long option of sbatch", "as in --sbatch=--gres=gpu:1");
    const std::string name = option.substr(0, option.find_first_of("= "));
    for (const std::string_view owned : owned_options)
        // sbatch takes any unique beginning of a name.
        if (owned.substr(0, name.size()) == name)
            throw Error(ExitCode::usage, "'" + name + "' of sbatch is decided by the plan",
                        "see `dsqbench submit slurm run --help` for what can be chosen");
}

// sbatch reads its lines with rules like a shell's: a double-quoted word ends at a quote without a backslash.
std::string sbatch_quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

// A path in which Slurm replaces nothing: "%j" would become the job's number.
std::string literal_pattern(const std::string& path) {
    std::string result;
    for (const char c : path) result += c == '%' ? "%%" : std::string(1, c);
    return result;
}

// The fields of "hours:minutes:seconds", at least `fewest`; nothing for anything else.
std::vector<std::size_t> clock_fields(std::string_view text, std::size_t fewest) {
    std::vector<std::size_t> fields;
    for (const auto& word : split(text, ':')) {
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc() || end != word.data() + word.size() || value > longest_field) return {};
        fields.push_back(value);
    }
    return fields.size() >= fewest && fields.size() <= 3 ? fields : std::vector<std::size_t>{};
}

// As sbatch reads --time: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S. nullopt when it is none of these.
std::optional<std::size_t> seconds_of(const std::string& limit) {
    const std::size_t dash = limit.find('-');
    std::size_t seconds = 0;
    if (dash == std::string::npos) {
        const auto fields = clock_fields(limit, 1);
        if (fields.empty()) return std::nullopt;
        for (const std::size_t field : fields) seconds = 60 * seconds + field;
        return fields.size() == 1 ? 60 * seconds : seconds;
    }
    const auto days = clock_fields(limit.substr(0, dash), 1);
    const auto fields = clock_fields(limit.substr(dash + 1), 1);
    if (days.size() != 1 || fields.empty()) return std::nullopt;
    seconds = 24 * days.front();
    for (std::size_t i = 0; i < 3; ++i)
        seconds = (i == 0 ? seconds : 60 * seconds) + (i < fields.size() ? fields[i] : 0);
    return seconds;
}

void check_time_limit(const SlurmOptions& options) {
    if (options.time_limit.empty()) return;
    const auto seconds = seconds_of(options.time_limit);
    if (!seconds)
        throw Error(ExitCode::usage, "'" + options.time_limit + "' is no time limit",
                    "minutes, hours:minutes:seconds, or days-hours");
    if (*seconds <= options.signal_seconds + signal_slack_seconds)
        throw Error(
            ExitCode::usage,
            fmt::format("a time limit of {} s leaves nothing before the signal {} s ahead of it, which Slurm may "
                        "send a minute early",
                        *seconds, options.signal_seconds),
            "a longer --time-limit, or fewer --signal-seconds");
}

std::string comment_of(const Submission& submission, const std::vector<std::size_t>& element) {
    std::vector<std::string> labels;
    for (const std::size_t task : element) labels.push_back(submission.tasks[task].label);
    std::string text = join(labels, ", ");
    for (char& c : text)
        if (has_control_character({&c, 1})) c = '?';
    return text.size() <= longest_comment ? text : text.substr(0, longest_comment) + " ...";
}

std::vector<std::string> options_of(const Submission& submission, const TaskArray& array, const SlurmOptions& options) {
    const std::string throttle = options.throttle > 0 ? fmt::format("%{}", options.throttle) : "";
    std::vector<std::string> lines{
        fmt::format("--job-name=dsqbench-{}-{}", submission.folder.filename().string(), array.name),
        fmt::format("--array=0-{}{}", array.elements.size() - 1, throttle),
        "--output=" + literal_pattern((submission.folder / "logs" / array.name).string()) + "-%a.log",
        "--open-mode=append",
        "--requeue",
        fmt::format("--signal=B:USR1@{}", options.signal_seconds),
        fmt::format("--cpus-per-task={}", submission.jobs)};
    if (!options.time_limit.empty()) lines.push_back("--time=" + options.time_limit);
    if (!options.partition.empty()) lines.push_back("--partition=" + options.partition);
    if (!options.account.empty()) lines.push_back("--account=" + options.account);
    lines.insert(lines.end(), options.further.begin(), options.further.end());
    return lines;
}

}  // namespace

void check_slurm_options(const SlurmOptions& options) {
    check_time_limit(options);
    for (const auto& text : {options.partition, options.account}) refuse_control_characters(text);
    for (const auto& option : options.further) check_further(option);
}

void check_slurm_path(const std::filesystem::path& path) {
    const std::string text = path.string();
    if (has_control_character(text) || text.find('\\') != std::string::npos || !is_utf8(text))
        throw Error(ExitCode::usage,
                    "Slurm cannot write logs below a folder with a backslash, a control character or "
                    "broken UTF-8 in its name",
                    "choose another --runs-dir", text);
}

std::string slurm_script(const Submission& submission, const TaskArray& array, const SlurmOptions& options,
                         const std::filesystem::path& program, const std::filesystem::path& working_folder) {
    std::string script = "#!/bin/sh\n";
    for (const auto& line : options_of(submission, array, options)) script += "#SBATCH " + sbatch_quoted(line) + "\n";
    script += "# Written by `dsqbench submit slurm`. What the elements train:\n";
    for (std::size_t i = 0; i < array.elements.size(); ++i)
        script += fmt::format("#   {}: {}\n", i, comment_of(submission, array.elements[i]));
    // exec: the signal before the time limit goes to the batch script's process, and has to reach dsqbench.
    script += fmt::format("cd -- {} && exec {} element {} {} \"$SLURM_ARRAY_TASK_ID\"\n",
                          shell_quoted(working_folder.string()), shell_quoted(program.string()),
                          shell_quoted(submission.folder.string()), shell_quoted(array.name));
    return script;
}

}  // namespace dsqbench
