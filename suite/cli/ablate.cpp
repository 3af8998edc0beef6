// `dsqbench ablate`: runs the cells of a factorial design that have no row yet, and prints the attribution card.
#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/plot_script.h"
#include "suite/cli/train_requests.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/record/run_directory.h"
#include "suite/report/design_plan.h"
#include "suite/report/tuning.h"

namespace dsqbench {

namespace {

constexpr std::size_t pilot_seeds = 3;
// Of the trials of --tune: none of the seeds that a study counts with.
constexpr std::uint64_t tuning_seed = 1000;

struct Arguments {
    std::string recipe, seeds, html, plot;
    std::vector<std::string> overrides, tune;
    LaunchArguments launch;
    bool plan = false, pilot = false, markdown = false;
};

struct Ablation {
    Recipe recipe;
    Design design;
    std::vector<DesignCell> cells;
    std::vector<std::uint64_t> seeds;
};

Ablation load(const Arguments& arguments, const Session& session) {
    const auto folder = session.recipes_folder.empty() ? default_recipes_folder() : session.recipes_folder;
    Ablation ablation;
    ablation.recipe = load_recipe(arguments.recipe, folder, arguments.overrides);
    ablation.design = design_of(ablation.recipe);
    ablation.cells = cells_of(ablation.recipe, ablation.design, folder);
    ablation.seeds = parse_seeds(arguments.seeds.empty() ? ablation.recipe.text("seeds") : arguments.seeds);
    return ablation;
}

// The four cells of algorithm x recipe, with three seeds: what the spread is judged by beforehand. They are cells of
// the whole design and not trained again.
Ablation pilot_of(const Ablation& ablation) {
    const Cell algorithm = ablation.design.members(FactorGroup::algorithm),
               recipe = ablation.design.members(FactorGroup::recipe);
    Ablation pilot = ablation;
    pilot.cells.clear();
    for (const auto& cell : ablation.cells)
        for (const Cell corner : {Cell{0}, algorithm, recipe, algorithm | recipe})
            if (cell.cell == corner) pilot.cells.push_back(cell);
    pilot.seeds.resize(std::min(pilot_seeds, pilot.seeds.size()));
    return pilot;
}

std::vector<RunRequest> missing_requests(const Ablation& ablation, const std::vector<Row>& stored) {
    const CellRows rows = rows_of_cells(ablation.cells, ablation.seeds, stored);
    std::vector<RunRequest> missing;
    for (std::size_t i = 0; i < ablation.cells.size(); ++i)
        for (const std::uint64_t seed : ablation.seeds)
            if (rows[i].count(seed) == 0) missing.push_back({ablation.cells[i].label, ablation.cells[i].recipe, seed});
    return missing;
}

// A sweep that was killed has finished runs whose rows never reached the store.
std::vector<RunRequest> without_finished(const std::vector<RunRequest>& requests, const Session& session) {
    std::vector<RunRequest> unfinished;
    ResultStore store(session.results_folder);
    for (const auto& request : requests) {
        const auto run = run_path(session.runs_folder, request);
        const auto result = is_run_directory(run) ? read_result(run) : std::nullopt;
        const bool usable = result && result->contains("row") && result->at("row").value("publishable", false);
        if (usable)
            store.append(result->at("row"));
        else
            unfinished.push_back(request);
    }
    return unfinished;
}

// Trains what has no row. Returns the exit code of the training.
ExitCode complete(const Ablation& ablation, const Arguments& arguments, const Session& session) {
    auto missing = missing_requests(ablation, ResultStore(session.results_folder).read());
    if (missing.empty()) return ExitCode::ok;
    missing = without_finished(missing, session);
    if (missing.empty()) return ExitCode::ok;
    // Cells of one seed one after the other: a sweep that is stopped has complete seeds to judge by.
    std::stable_sort(missing.begin(), missing.end(), [](const auto& a, const auto& b) { return a.seed < b.seed; });
    check_requests(missing, session);
    return train_requests(missing, arguments.launch, ProgressOf::all_cells, session).exit_code;
}

void print_plan(const Ablation& ablation, const Arguments& arguments, const Session& session) {
    const DesignPlan plan = plan_design(ablation.recipe, ablation.design, ablation.cells, ablation.seeds,
                                        ResultStore(session.results_folder).read(), arguments.launch.jobs);
    if (!session.json) return print_result(format_table(plan));
    nlohmann::json json = to_json(plan);
    for (const auto& cell : ablation.cells)
        json["cell_recipes"].push_back({{"label", cell.label},
                                        {"recipe_id", cell.recipe.recipe_id()},
                                        {"protocol_id", cell.recipe.protocol_id()},
                                        {"weight_quantizer", cell.recipe.text("quantization.weight")},
                                        {"activation_quantizer", cell.recipe.text("quantization.activation")}});
    print_json(json);
}

AttributionCard card_of(const Ablation& ablation, const Session& session) {
    const auto rows = rows_of_cells(ablation.cells, ablation.seeds, ResultStore(session.results_folder).read());
    return attribution_card(ablation.recipe, ablation.design, ablation.cells, ablation.seeds, rows);
}

void print_card(const Ablation& ablation, const Arguments& arguments, const Session& session) {
    const AttributionCard card = card_of(ablation, session);
    if (!arguments.html.empty()) write_file_atomically(arguments.html, format_html(card));
    if (!arguments.plot.empty())
        draw_with_script("plot_attribution.py", to_json(card), arguments.plot, session.program);
    if (session.json) return print_json(to_json(card));
    print_result(arguments.markdown ? format_markdown(card) : format_table(card));
}

// The same search in every cell, then the design once more with what each cell chose; both cards.
void ablate_tuned(const Ablation& ablation, const Arguments& arguments, Session& session) {
    auto trials = trials_of(ablation.cells, arguments.tune);
    Ablation search = ablation, tuned = ablation;
    search.cells.clear();
    for (const auto& trial : trials) search.cells.push_back(trial.trial);
    search.seeds = {tuning_seed};
    for (const Ablation* part : {static_cast<const Ablation*>(&search), &ablation}) {
        session.exit_code = complete(*part, arguments, session);
        if (session.exit_code != ExitCode::ok) return;
    }
    score_trials(trials, search.seeds, ResultStore(session.results_folder).read());
    tuned.cells = tuned_cells(ablation.cells, trials);
    session.exit_code = complete(tuned, arguments, session);
    if (session.exit_code != ExitCode::ok) return;
    const AttributionCard identical = card_of(ablation, session), equally_tuned = card_of(tuned, session);
    const auto changes = rank_changes(ablation.design, identical, equally_tuned);
    nlohmann::json json = tuning_json(ablation.cells, trials, changes);
    json["identical"] = to_json(identical);
    json["tuned"] = to_json(equally_tuned);
    if (session.json) return print_json(json);
    const auto format = [&](const AttributionCard& card) {
        return arguments.markdown ? format_markdown(card) : format_table(card);
    };
    print_result("one recipe for all\n\n" + format(identical) + "\neach cell equally tuned\n\n" +
                 format(equally_tuned) + "\n" + format_tuning(ablation.cells, trials, changes));
}

void ablate(const Arguments& arguments, Session& session) {
    const Ablation ablation = load(arguments, session);
    if (!arguments.tune.empty()) return ablate_tuned(ablation, arguments, session);
    if (arguments.plan) return print_plan(ablation, arguments, session);
    session.exit_code = complete(arguments.pilot ? pilot_of(ablation) : ablation, arguments, session);
    if (session.exit_code != ExitCode::ok && session.exit_code != ExitCode::failed) return;
    arguments.pilot ? print_plan(ablation, arguments, session) : print_card(ablation, arguments, session);
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_option(command, "--recipe", arguments->recipe, "a recipe with a design: see `dsqbench ls ablations`")
        ->required();
    add_option(command, "--seeds", arguments->seeds, "as 0..5 or 1,3; the recipe's by default");
    add_option(command, "--set", arguments->overrides, "override a recipe key in all cells: training.epochs=3")
        ->allow_extra_args(false);
    add_flag(command, "--plan", arguments->plan, "say what it costs and what it can find; train nothing");
    add_flag(command, "--pilot", arguments->pilot, "train four cells with three seeds, then plan with their spread");
    add_option(
        command, "--tune", arguments->tune,
        "search a key in every cell on held-out images, training.learning_rate=0.02,0.05,0.1, and print both cards")
        ->allow_extra_args(false);
    add_flag(command, "--markdown", arguments->markdown, "print the card as Markdown");
    add_option(command, "--html", arguments->html, "also write the card as a page to this file");
    add_option(command, "--plot", arguments->plot, "also draw the card into this file (.png, .svg, .pdf)");
    add_launch_options(command, arguments->launch);
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([arguments, &session] { ablate(*arguments, session); });
}

}  // namespace

const Verb ablate_verb{"ablate", "how much of a gain is the algorithm, how much the recipe", declare};

}  // namespace dsqbench
