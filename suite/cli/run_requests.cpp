#include "suite/cli/run_requests.h"

#include "quantizers/quantizer.h"
#include "suite/cli/folders.h"
#include "suite/cli/given_weights.h"
#include "suite/recipe/era.h"

namespace dsqbench {

namespace {

std::vector<Contender> contenders_of(const RunArguments& arguments, const Recipe& recipe) {
    std::vector<Contender> contenders;
    for (const auto& text : arguments.quantizers.empty() ? recipe.texts("contenders") : arguments.quantizers) {
        const QuantizerPair pair = complete_pair(text);
        contenders.push_back({text, pair.weight, pair.activation});
    }
    if (contenders.empty())
        throw Error(ExitCode::recipe, "there are no contenders", "name some with --quantizer, or in the recipe",
                    recipe.origin("contenders"));
    return contenders;
}

}  // namespace

void add_run_options(CLI::App& command, RunArguments& arguments) {
    add_option(command, "--recipe", arguments.recipe, "a recipe's name, or a path to one")->required();
    add_option(command, "--quantizer", arguments.quantizers,
               "contenders instead of the recipe's: one quantizer, or weights/activations as in dorefa/pact")
        ->delimiter(',');
    add_option(command, "--seeds", arguments.seeds, "as 0..4 or 1,3; the recipe's by default");
    add_option(command, "--era", arguments.era, "train as a published recipe did: see `dsqbench ls eras`");
    add_option(command, "--set", arguments.overrides, "override a recipe key: training.epochs=3")
        ->allow_extra_args(false);
    add_option(command, "--over", arguments.sweeps, "sweep a recipe key: training.learning_rate=0.1,0.01")
        ->allow_extra_args(false);
    add_option(command, "--weights", arguments.weights,
               "start from these, without a pre-training: safetensors, a state_dict of PyTorch, TorchScript");
    add_option(command, "--limit-batches", arguments.launch.limit_batches,
               "try out: one epoch of so many batches, evaluated on so many; the rows are marked unpublishable")
        ->check(at_least(0));
    add_launch_options(command, arguments.launch);
}

std::vector<RunRequest> run_requests(const RunArguments& arguments, const Session& session) {
    const auto folder = recipes_folder_of(session);
    Recipe recipe = load_recipe_of_era(arguments.recipe, folder, arguments.era, arguments.overrides);
    take_given_weights(recipe, arguments.weights, session.runs_folder);
    const auto seeds = parse_seeds(arguments.seeds.empty() ? recipe.text("seeds") : arguments.seeds);
    auto requests = expand(recipe, contenders_of(arguments, recipe), arguments.sweeps, seeds);
    check_requests(requests, session);
    return requests;
}

}  // namespace dsqbench
