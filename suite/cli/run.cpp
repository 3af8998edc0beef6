// `dsqbench run`: trains every contender of a recipe under one protocol and prints the comparison.
#include <algorithm>

#include "quantizers/quantizer.h"
#include "suite/cli/comparisons.h"
#include "suite/cli/train_requests.h"
#include "suite/cli/verbs.h"
#include "suite/recipe/era.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string recipe;
    std::vector<std::string> quantizers, overrides, sweeps;
    std::string seeds, era;
    LaunchArguments launch;
};

std::vector<Contender> contenders_of(const Arguments& arguments, const Recipe& recipe) {
    std::vector<Contender> contenders;
    for (const auto& text : arguments.quantizers.empty() ? recipe.texts("contenders") : arguments.quantizers) {
        const QuantizerPair pair = complete_pair(text);
        contenders.push_back({text, pair.weight, pair.activation});
    }
    return contenders;
}

std::vector<RunRequest> requests_of(const Arguments& arguments, const Session& session) {
    const auto folder = session.recipes_folder.empty() ? default_recipes_folder() : session.recipes_folder;
    const Recipe recipe = load_recipe_of_era(arguments.recipe, folder, arguments.era, arguments.overrides);
    const auto seeds = parse_seeds(arguments.seeds.empty() ? recipe.text("seeds") : arguments.seeds);
    auto requests = expand(recipe, contenders_of(arguments, recipe), arguments.sweeps, seeds);
    // Everything that can be wrong before the first image is loaded is said before any process starts.
    check_requests(requests, session);
    return requests;
}

bool diverged(const Row& row) {
    return text_of(row, "outcome") != "finished";
}

void run(const Arguments& arguments, Session& session) {
    const Trained trained =
        train_requests(requests_of(arguments, session), arguments.launch, ProgressOf::every_run, session);
    print_comparisons(compare_by_protocol(trained.rows), TableFormat::terminal, session);
    session.exit_code = trained.exit_code;
    if (trained.exit_code == ExitCode::ok && std::any_of(trained.rows.begin(), trained.rows.end(), diverged))
        session.exit_code = ExitCode::numeric;
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_option(command, "--recipe", arguments->recipe, "a recipe's name, or a path to one")->required();
    add_option(command, "--quantizer", arguments->quantizers,
               "contenders instead of the recipe's: one quantizer, or weights/activations as in dorefa/pact");
    add_option(command, "--seeds", arguments->seeds, "as 0..4 or 1,3; the recipe's by default");
    add_option(command, "--era", arguments->era, "train as a published recipe did: see `dsqbench ls eras`");
    add_option(command, "--set", arguments->overrides, "override a recipe key: training.epochs=3")
        ->allow_extra_args(false);
    add_option(command, "--over", arguments->sweeps, "sweep a recipe key: training.learning_rate=0.1,0.01")
        ->allow_extra_args(false);
    add_option(command, "--limit-batches", arguments->launch.limit_batches,
               "try out: one epoch of so many batches, evaluated on so many; the rows are marked unpublishable")
        ->check(CLI::NonNegativeNumber);
    add_launch_options(command, arguments->launch);
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb run_verb{"run", "train the contenders of a recipe and compare them", declare};

}  // namespace dsqbench
