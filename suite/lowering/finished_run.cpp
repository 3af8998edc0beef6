#include "suite/lowering/finished_run.h"

#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/record/row.h"
#include "suite/record/run_directory.h"
#include "suite/training/network_state.h"
#include "suite/training/setup.h"

namespace dsqbench {

FinishedRun open_finished_run(const std::filesystem::path& run, const std::filesystem::path& data_root) {
    if (!is_run_directory(run))
        throw Error(ExitCode::data, "is no run directory", "`dsqbench run` makes them below runs/", run.string());
    const auto result = read_result(run);
    if (!result) throw Error(ExitCode::data, "is a run that is not finished", "start the run again", run.string());
    FinishedRun finished;
    finished.row = result->at("row");
    finished.recipe = Recipe::from_canonical(read_file(run / "recipe.json"), text_of(finished.row, "recipe"));
    check_plugins(finished.recipe);
    const auto weights = run / "weights.safetensors";
    finished.weights_sha256 = sha256_hex_of_file(weights);
    if (text_of(finished.row, "weights_sha256") != finished.weights_sha256)
        throw Error(ExitCode::data, "holds other weights than the run's row is of", "train the run again",
                    weights.string());
    finished.data = open_splits(data_request(finished.recipe, data_root));
    finished.network = make_network(finished.recipe.text("model.name"),
                                    model_settings(finished.recipe, *finished.data.train_source), /*seed=*/0);
    load_weights(*finished.network, weights, MissingQuantizerState::refused);
    finished.network->eval();
    return finished;
}

}  // namespace dsqbench
