// `dsqbench bench ranks`: training steps of several ranks together, in turn with as many processes that know nothing of
// each other. What the ranks lose is the price of agreeing.
#include <fmt/format.h>

#include <future>
#include <iostream>

#include "suite/cli/bench_targets.h"
#include "suite/cli/throughput_turns.h"
#include "suite/core/clock.h"
#include "suite/core/shell.h"
#include "suite/launch/ranks.h"
#include "suite/launch/turn_taker.h"
#include "suite/training/step_benchmark.h"

namespace dsqbench {

namespace {

struct Arguments {
    StepSettings step;  // of one process
    std::string quantizer = "ste";
    int ranks = 2, steps = 5, rounds = 21;
    bool on_request = false;
    std::string results;
};

std::string step_options(const Arguments& arguments) {
    const StepSettings& step = arguments.step;
    return fmt::format("--model {} --width {} --batch {} --image-size {} --bits {} --quantizer {} --steps {}",
                       shell_word(step.model), step.width, step.batch, step.image_size, step.bits,
                       shell_word(arguments.quantizer), arguments.steps);
}

// Processes of this program that make their steps at the same time.
class Team {
public:
    // `environment(i)`: NAME=VALUE words for process i.
    template <class Environment>
    Team(const std::string& name, const Arguments& arguments, const Session& session, Environment environment) {
        for (int i = 0; i < arguments.ranks; ++i)
            members_.push_back(std::make_unique<TurnTaker>(
                fmt::format("{} {}", name, i),
                fmt::format("env {} {} bench ranks --on-request {}", environment(i),
                            shell_word(session.program.string()), step_options(arguments))));
    }

    // Seconds until all are done.
    double round() {
        const double started = monotonic_seconds();
        std::vector<std::future<double>> turns;
        for (const auto& member : members_)
            turns.push_back(std::async(std::launch::async, [&member] { return member->take_turn(); }));
        for (auto& turn : turns) turn.wait();  // all of them, before the first error ends this
        for (auto& turn : turns) turn.get();
        return monotonic_seconds() - started;
    }

private:
    std::vector<std::unique_ptr<TurnTaker>> members_;
};

void measure(const Arguments& arguments, const Session& session) {
    complete_pair(arguments.quantizer);  // errors before anything runs
    Ranks place;
    place.count = arguments.ranks;
    place.address = "127.0.0.1";
    place.port = free_port();
    const Rendezvous rendezvous(place);
    Team together("rank", arguments, session, [&](int rank) {
        return fmt::format("RANK={} WORLD_SIZE={} MASTER_ADDR={} MASTER_PORT={}", rank, place.count, place.address,
                           place.port);
    });
    Team apart("process", arguments, session, [](int) { return "--unset=RANK"; });

    Throughput measured;
    measured.workload = "training steps of ranks";
    measured.input = fmt::format("{} width {}, {}, W{}A{}, {} images of {}x{} a rank", arguments.step.model,
                                 arguments.step.width, arguments.quantizer, arguments.step.bits, arguments.step.bits,
                                 arguments.step.batch, arguments.step.image_size, arguments.step.image_size);
    measured.unit = "images/s";
    measured.units = static_cast<double>(arguments.ranks * arguments.steps * arguments.step.batch);
    measured.processes = arguments.ranks;
    measured.command = fmt::format("dsqbench bench ranks --ranks {} {} --rounds {}", arguments.ranks,
                                   step_options(arguments), arguments.rounds);
    const auto rivals = take_turns(
        measured, [&] { return together.round(); }, {{"as many independent processes", [&] { return apart.round(); }}},
        arguments.rounds);
    finish_throughput(throughput_rows(measured, rivals), arguments.results, session);
}

// The steps of one process for every line of standard input; their seconds on standard output.
void answer(Arguments arguments) {
    if (const auto ranks = launched_ranks()) arguments.step.group = std::make_shared<ProcessGroup>(*ranks, "steps");
    StepContender contender(arguments.step, arguments.quantizer);
    for (std::string line; std::getline(std::cin, line);) {
        const double started = monotonic_seconds();
        for (int i = 0; i < arguments.steps; ++i) contender.step();
        print_result(fmt::format("{:.9f}\n", monotonic_seconds() - started));
    }
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    StepSettings& step = arguments->step;
    step.batch = 64;
    const auto count = [&](const char* name, auto& value, const char* meaning, int highest) {
        add_option(command, name, value, meaning)->check(CLI::Range(1, highest))->capture_default_str();
    };
    count("--ranks", arguments->ranks, "processes that train together, and as many that do not", 64);
    add_option(command, "--model", step.model, "a registered model")->capture_default_str();
    count("--width", step.width, "channels of its first stage", 4096);
    count("--batch", step.batch, "images a step and process", 65536);
    count("--image-size", step.image_size, "rows and columns of an image", 1024);
    add_option(command, "--quantizer", arguments->quantizer, "the contender")->capture_default_str();
    count("--bits", step.bits, "of weights and activations", 8);
    count("--steps", arguments->steps, "of a round", 1000);
    count("--rounds", arguments->rounds, "in which both take a turn", 100000);
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_flag(command, "--on-request", arguments->on_request,
             "be one of the processes: a round for every line of standard input, whose seconds it prints");
    add_json_flag(command, session);
    command.callback(
        [arguments, &session] { arguments->on_request ? answer(*arguments) : measure(*arguments, session); });
}

}  // namespace

const Verb bench_ranks_target{"ranks", "training steps of several ranks together, against independent processes",
                              declare};

}  // namespace dsqbench
