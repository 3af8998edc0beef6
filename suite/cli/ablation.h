// A factorial design with its cells and seeds, from the command line: shared by `ablate` and `submit`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "suite/cli/train_requests.h"
#include "suite/report/attribution.h"
#include "suite/report/tuning.h"

namespace dsqbench {

struct AblationArguments {
    std::string recipe, seeds;
    std::vector<std::string> overrides, tune;
    bool pilot = false;
    LaunchArguments launch;
};

// --recipe, --seeds, --set, --pilot, --tune and those of add_launch_options().
void add_ablation_options(CLI::App& command, AblationArguments& arguments);

struct Ablation {
    Recipe recipe;
    Design design;
    std::vector<DesignCell> cells;
    std::vector<std::uint64_t> seeds;
};

Ablation load_ablation(const AblationArguments& arguments, const Session& session);

// The four cells of algorithm x recipe, with three seeds: what the spread is judged by beforehand. They are cells of
// the whole design and not trained again.
Ablation pilot_of(const Ablation& ablation);

// The trials of --tune as cells, with a seed that no study counts with.
Ablation search_of(const Ablation& ablation, const std::vector<TuningTrial>& trials);

// The runs that have no row yet, in the order of their seeds: a sweep that is stopped has complete seeds to judge by.
std::vector<RunRequest> missing_requests(const Ablation& ablation, const std::vector<Row>& stored);

}  // namespace dsqbench
