// `dsqbench submit slurm`: the plans of `run` and `ablate` as job arrays of Slurm; collects what they left.
#include <fmt/format.h>

#include "suite/cli/ablation.h"
#include "suite/cli/run_plan.h"
#include "suite/cli/run_requests.h"
#include "suite/cli/submit_report.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/launch/submit_tasks.h"

namespace dsqbench {

namespace {

struct Arguments {
    SlurmOptions slurm;
    std::size_t pack = 1, requeues = 100;
    bool dry_run = false, collect = false;
    RunArguments run;
    AblationArguments ablation;
};

// What is to be done, with the rows that need nothing done.
struct Order {
    std::vector<RunRequest> requests;
    std::size_t stored = 0;
    std::string note;  // what can only follow later
    LaunchArguments launch;
};

Order order_of(const RunArguments& arguments, const Session& session) {
    return {run_requests(arguments, session), 0, {}, arguments.launch};
}

bool all_stored(const Ablation& ablation, const std::vector<Row>& stored) {
    return missing_requests(ablation, stored).empty();
}

// With --tune the tuned cells are known when all trials have rows: the same command then submits them.
Order order_of(const AblationArguments& arguments, const Session& session) {
    const Ablation ablation = load_ablation(arguments, session);
    const auto stored = ResultStore(session.results_folder).read();
    std::vector<Ablation> parts{arguments.pilot ? pilot_of(ablation) : ablation};
    Order order;
    order.launch = arguments.launch;
    if (!arguments.tune.empty()) {
        auto trials = trials_of(ablation.design, ablation.cells, arguments.tune);
        const Ablation search = search_of(ablation, trials);
        parts.insert(parts.begin(), search);
        if (all_stored(search, stored)) {
            score_trials(trials, search.seeds, stored);
            parts.push_back(ablation);
            parts.back().cells = tuned_cells(ablation.cells, trials);
        } else {
            order.note = "the tuned cells follow when the trials are collected: submit again then";
        }
    }
    for (const auto& part : parts) {
        const auto missing = missing_requests(part, stored);
        order.stored += part.cells.size() * part.seeds.size() - missing.size();
        order.requests.insert(order.requests.end(), missing.begin(), missing.end());
    }
    check_requests(order.requests, session);
    return order;
}

std::vector<SubmittedTask> tasks_of(const RunPlan& plan, const std::filesystem::path& runs_folder) {
    std::vector<SubmittedTask> tasks;
    const auto run_of = [&](std::size_t task) { return plan.tasks[task].run.lexically_relative(runs_folder).string(); };
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        tasks.push_back({label_of(plan.tasks[i].request), {}, run_of(i)});
        for (const std::size_t needed : plan.after[i]) tasks.back().needs.push_back(run_of(needed));
    }
    return tasks;
}

// A machine without the cluster can still look at what is on the disk.
std::optional<Queue> queue_if_any() {
    try {
        return slurm_queue();
    } catch (const Error& error) {
        fmt::print(stderr, "dsqbench: note: {}\n", error.what());
        return std::nullopt;
    }
}

class Cluster {
public:
    Cluster(const Order& order, const Arguments& arguments, Session& session)
        : order_(order),
          arguments_(arguments),
          session_(session),
          runs_folder_(std::filesystem::absolute(session.runs_folder).lexically_normal()),
          plan_(make_run_plan(order.requests, session.runs_folder, training_site(order.launch, session))),
          tasks_(tasks_of(plan_, session.runs_folder)) {}

    void collect() {
        const auto stored = store_rows(plan_, ResultStore(session_.results_folder));
        ClusterReport report = report_of(look(queue_if_any()));
        report.rows = stored.added;
        print(report);
        session_.exit_code = exit_code_of(report);
    }

    void dry_run() {
        const auto states = look(queue_if_any());
        const Submission submission = submission_of(tasks_to_submit(tasks_, states));
        print_scripts(submission, arguments_.slurm, session_);
    }

    void submit() {
        check_slurm_path(std::filesystem::current_path());
        create_folders(runs_folder_ / "slurm");
        const FileLock lock(runs_folder_ / "slurm" / ".lock", "the submissions", FileLock::Busy::wait);
        const auto states = look(slurm_queue());
        const auto missing = tasks_to_submit(tasks_, states);
        if (missing.empty()) return print(report_of(states));
        Submission submission = submission_of(missing);
        check_array_sizes(submission);
        std::vector<TrainingTask> training;
        for (const std::size_t task : missing) training.push_back(plan_.tasks[task]);
        write_task_file(submission.folder / "plan.json", training);
        dsqbench::submit(submission, arguments_.slurm, session_.program, queued_elements(tasks_, states));
        ClusterReport report = report_of(look(slurm_queue()));
        report.submission = submission;
        print(report);
    }

private:
    std::vector<TaskStatus> look(const std::optional<Queue>& queue) const {
        return states_of(tasks_, runs_folder_, read_submissions(runs_folder_), queue);
    }

    ClusterReport report_of(const std::vector<TaskStatus>& states) const {
        return {tasks_, states, order_.stored, 0, order_.note, {}};
    }

    void print(const ClusterReport& report) const {
        session_.json ? print_json(to_json(report)) : print_result(format_table(report));
    }

    Submission submission_of(const std::vector<std::size_t>& missing) const {
        Submission submission;
        submission.folder = next_submission_folder(runs_folder_);
        check_slurm_path(submission.folder);
        submission.jobs = order_.launch.jobs;
        submission.requeues = arguments_.requeues;
        for (const std::size_t task : missing) {
            submission.tasks.push_back(tasks_[task]);
            submission.tasks.back().command =
                worker_command(session_.program, submission.folder / "plan.json", submission.tasks.size() - 1);
        }
        submission.arrays = arrays_of(submission.tasks, arguments_.pack);
        return submission;
    }

    const Order& order_;
    const Arguments& arguments_;
    Session& session_;
    std::filesystem::path runs_folder_;  // absolute
    RunPlan plan_;
    std::vector<SubmittedTask> tasks_;
};

void act(const Order& order, const Arguments& arguments, Session& session) {
    check_slurm_options(arguments.slurm);
    Cluster cluster(order, arguments, session);
    if (arguments.collect) return cluster.collect();
    if (arguments.dry_run) return cluster.dry_run();
    cluster.submit();
}

void add_slurm_options(CLI::App& command, Arguments& arguments, Session& session) {
    add_option(command, "--throttle", arguments.slurm.throttle,
               "array elements at a time; as many as Slurm likes by default")
        ->check(at_least(1));
    add_option(command, "--pack", arguments.pack, "runs in one array element, --jobs of them at a time")
        ->capture_default_str()
        ->check(at_least(1));
    add_option(command, "--time-limit", arguments.slurm.time_limit,
               "of an element, as sbatch's --time: 30, 4:00:00, 1-0; the partition's by default");
    add_option(command, "--signal-seconds", arguments.slurm.signal_seconds,
               "how long before the limit the runs stop at a checkpoint and are queued again")
        ->capture_default_str()
        ->check(CLI::Range(1, 65535));  // what sbatch accepts
    add_option(command, "--requeues", arguments.requeues, "how often an element is queued again at most")
        ->capture_default_str()
        ->check(at_least(0));
    add_option(command, "--partition", arguments.slurm.partition, "Slurm's partition");
    add_option(command, "--account", arguments.slurm.account, "Slurm's account");
    add_option(command, "--sbatch", arguments.slurm.further, "another option for sbatch: --sbatch=--gres=gpu:1")
        ->allow_extra_args(false);
    auto* dry_run = add_flag(command, "--dry-run", arguments.dry_run, "print the scripts; submit and write nothing");
    add_flag(command, "--collect", arguments.collect, "store the rows of finished runs and say where each run stands")
        ->excludes(dry_run);
    add_folder_options(command, session);
    add_json_flag(command, session);
}

void declare(CLI::App& command, Session& session) {
    command.require_subcommand(1);
    CLI::App* slurm = command.add_subcommand("slurm", "as job arrays of Slurm");
    slurm->require_subcommand(1);
    const auto arguments = std::make_shared<Arguments>();
    arguments->run.launch.jobs = arguments->ablation.launch.jobs = 1;  // an element asks for a processor a job

    CLI::App* run = slurm->add_subcommand("run", "what `dsqbench run` would train");
    add_run_options(*run, arguments->run);
    add_slurm_options(*run, *arguments, session);
    run->callback([arguments, &session] { act(order_of(arguments->run, session), *arguments, session); });

    CLI::App* ablate = slurm->add_subcommand("ablate", "what `dsqbench ablate` would train");
    add_ablation_options(*ablate, arguments->ablation);
    add_slurm_options(*ablate, *arguments, session);
    ablate->callback([arguments, &session] { act(order_of(arguments->ablation, session), *arguments, session); });
}

}  // namespace

const Verb submit_verb{"submit", "train on a cluster instead of here", declare};

}  // namespace dsqbench
