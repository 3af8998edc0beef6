#include "suite/launch/slurm.h"

#include <fmt/format.h>
#include <unistd.h>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/launch/command_output.h"

namespace dsqbench {

namespace {

constexpr int not_found = 127;  // what env(1) ends with when there is no such program
constexpr const char* how_to_get_slurm =
    "submit from a machine of the cluster, or install Slurm (Debian: slurm-client); --dry-run prints the scripts";

std::string first_line(const std::string& text) {
    const auto lines = split(trim(text), '\n');
    return lines.front();
}

// `unset`: variables that must not reach the command.
CommandOutput run_slurm(const std::vector<std::string>& command, const std::vector<std::string>& unset = {}) {
    // One cluster takes the jobs and is asked about them: the one that this machine belongs to.
    std::vector<std::string> whole{"env", "--unset=SBATCH_CLUSTERS", "--unset=SLURM_CLUSTERS"};
    for (const auto& variable : unset) whole.push_back("--unset=" + variable);
    whole.emplace_back("LC_ALL=C");
    whole.insert(whole.end(), command.begin(), command.end());
    CommandOutput output = run_command(whole);
    if (output.exit_code == not_found)
        throw Error(ExitCode::unavailable, fmt::format("there is no {} on this machine", command.front()),
                    how_to_get_slurm);
    return output;
}

// sbatch prefers its environment to a script's lines, so what the plan decides must not be there.
std::vector<std::string> unwanted_variables(const SlurmOptions& options) {
    std::vector<std::string> names{"SBATCH_ARRAY_INX", "SBATCH_SIGNAL", "SBATCH_NO_REQUEUE",
                                   "SBATCH_OPEN_MODE", "SBATCH_WAIT",   "SBATCH_JOB_NAME",
                                   "SBATCH_OUTPUT",    "SBATCH_ERROR",  "SBATCH_INPUT"};
    if (!options.time_limit.empty()) names.emplace_back("SBATCH_TIMELIMIT");
    if (!options.partition.empty()) names.emplace_back("SBATCH_PARTITION");
    if (!options.account.empty()) names.emplace_back("SBATCH_ACCOUNT");
    return names;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Queue parse_queue(const std::string& text) {
    Queue queue;
    for (const auto& line : split(text, '\n')) {
        const auto fields = split(trim(line), '|');
        if (fields.size() < 3) continue;
        const auto element = split(fields[0], '_');
        if (element.size() != 2 || !is_number(element[0]) || !is_number(element[1])) continue;
        const std::string detail = fields[2] == "None" || fields[2] == "0:0" ? "" : fields[2];
        queue[fields[0]] = {fields[1], detail};
    }
    return queue;
}

Queue slurm_queue() {
    const auto output = run_slurm(
        {"squeue", "--noheader", "--array", "--states=all", fmt::format("--user={}", ::getuid()), "--format=%i|%T|%r"});
    if (output.exit_code != 0)
        throw Error(ExitCode::unavailable, "squeue failed: " + first_line(output.error), "is the cluster up?");
    return parse_queue(output.out);
}

Queue slurm_accounting(const std::vector<std::string>& jobs) {
    if (jobs.empty()) return {};
    try {
        const auto output = run_slurm({"sacct", "--noheader", "--allocations", "--array", "--parsable2",
                                       "--format=JobID,State,ExitCode", "--jobs=" + join(jobs, ",")});
        return output.exit_code == 0 ? parse_queue(output.out) : Queue{};
    } catch (const Error&) {
        return {};  // no sacct is no accounting
    }
}

std::size_t slurm_array_limit() {
    const auto output = run_slurm({"scontrol", "show", "config"});
    for (const auto& line : split(output.out, '\n')) {
        const auto fields = split(line, '=');
        if (fields.size() == 2 && trim(fields[0]) == "MaxArraySize" && is_number(trim(fields[1])))
            return std::stoull(std::string(trim(fields[1])));
    }
    throw Error(ExitCode::unavailable, "scontrol does not tell MaxArraySize: " + first_line(output.error),
                "is the cluster up?");
}

std::string submit_script(const std::filesystem::path& script, const std::vector<std::string>& after,
                          const SlurmOptions& options) {
    std::vector<std::string> command{"sbatch", "--parsable"};
    if (!after.empty()) command.push_back("--dependency=afterany:" + join(after, ":"));
    command.push_back(script.string());
    const auto output = run_slurm(command, unwanted_variables(options));
    const std::string job = split(trim(output.out), ';').front();  // "123", or "123;cluster"
    if (output.exit_code != 0 || !is_number(job))
        throw Error(ExitCode::failed, "sbatch refused: " + first_line(output.error), {}, script.string());
    return job;
}

std::string requeue_job(const std::string& job) {
    const auto output = run_slurm({"scontrol", "requeue", job});
    if (output.exit_code == 0) return {};
    const std::string objection = first_line(output.error);
    return objection.empty() ? fmt::format("exit code {}", output.exit_code) : objection;
}

}  // namespace dsqbench
