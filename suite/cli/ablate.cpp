// `dsqbench ablate`: runs the cells of a factorial design that have no row yet, and prints the attribution card.
#include <fmt/format.h>

#include "suite/cli/ablation.h"
#include "suite/cli/plot_script.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/core/signals.h"
#include "suite/record/run_directory.h"
#include "suite/report/contestant.h"
#include "suite/report/design_plan.h"

namespace dsqbench {

namespace {

struct Arguments {
    AblationArguments ablation;
    std::string html, plot;
    bool plan = false, markdown = false;
};

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
    check_requests(missing, session);
    return train_requests(missing, arguments.ablation.launch, ProgressOf::all_cells, session).exit_code;
}

// Did one of these runs not converge?
bool diverged(const Ablation& ablation, const Session& session) {
    for (const auto& cell : rows_of_cells(ablation.cells, ablation.seeds, ResultStore(session.results_folder).read()))
        for (const auto& [seed, row] : cell)
            if (!converged(row)) return true;
    return false;
}

void print_plan(const Ablation& ablation, const Arguments& arguments, const Session& session) {
    const auto stored = ResultStore(session.results_folder).read();
    const auto plan_of = [&](const Ablation& part) {
        return plan_design(part.recipe, part.design, part.cells, part.seeds, stored, arguments.ablation.launch.jobs);
    };
    DesignPlan plan = plan_of(ablation);
    if (const auto& tune = arguments.ablation.tune; !tune.empty())
        plan = with_search(plan, plan_of(search_of(ablation, trials_of(ablation.design, ablation.cells, tune))));
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

std::string text_of(const AttributionCard& card, const Arguments& arguments) {
    return arguments.markdown ? format_markdown(card) : format_table(card);
}

void write_card(const AttributionCard& card, const Arguments& arguments, const Session& session) {
    if (!arguments.html.empty()) write_file_atomically(arguments.html, format_html(card));
    if (!arguments.plot.empty())
        draw_with_script("plot_attribution.py", to_json(card), arguments.plot, session.program);
}

void print_card(const Ablation& ablation, const Arguments& arguments, const Session& session) {
    const AttributionCard card = card_of(ablation, session);
    session.json ? print_json(to_json(card)) : print_result(text_of(card, arguments));
    write_card(card, arguments, session);
}

void print_cards(const Ablation& ablation, const Ablation& tuned, const std::vector<TuningTrial>& trials,
                 const Arguments& arguments, const Session& session) {
    const AttributionCard identical = card_of(ablation, session), equally_tuned = card_of(tuned, session);
    const auto changes = rank_changes(ablation.design, identical, equally_tuned);
    nlohmann::json json = tuning_json(ablation.cells, trials, changes);
    json["identical"] = to_json(identical);
    json["tuned"] = to_json(equally_tuned);
    if (session.json)
        print_json(json);
    else
        print_result("one recipe for all\n\n" + text_of(identical, arguments) + "\neach cell equally tuned\n\n" +
                     text_of(equally_tuned, arguments) + "\n" + format_tuning(ablation.cells, trials, changes));
    write_card(equally_tuned, arguments, session);
}

// The same search in every cell, then the design once more with what each cell chose; both cards.
void ablate_tuned(const Ablation& ablation, const Arguments& arguments, Session& session) {
    auto trials = trials_of(ablation.design, ablation.cells, arguments.ablation.tune);
    const Ablation search = search_of(ablation, trials);
    session.exit_code = complete(search, arguments, session);
    if (session.exit_code != ExitCode::ok) return;
    score_trials(trials, search.seeds, ResultStore(session.results_folder).read());
    Ablation tuned = ablation;
    tuned.cells = tuned_cells(ablation.cells, trials);
    for (const Ablation* part : std::initializer_list<const Ablation*>{&ablation, &tuned}) {
        session.exit_code = complete(*part, arguments, session);
        if (session.exit_code != ExitCode::ok) return;
    }
    print_cards(ablation, tuned, trials, arguments, session);
    if (diverged(ablation, session) || diverged(tuned, session)) session.exit_code = ExitCode::numeric;
}

void ablate(const Arguments& arguments, Session& session) {
    const bool plan = arguments.plan, pilot = arguments.ablation.pilot;
    if ((plan || pilot) && !(arguments.html.empty() && arguments.plot.empty()))
        throw Error(ExitCode::usage, "--html and --plot are of the card, --plan and --pilot print none");
    const Ablation ablation = load_ablation(arguments.ablation, session);
    if (plan) return print_plan(ablation, arguments, session);
    if (!arguments.ablation.tune.empty()) return ablate_tuned(ablation, arguments, session);
    const Ablation asked = pilot ? pilot_of(ablation) : ablation;
    session.exit_code = complete(asked, arguments, session);
    if (stop_signal() != 0 || session.exit_code == ExitCode::checkpointed) return;
    pilot ? print_plan(ablation, arguments, session) : print_card(ablation, arguments, session);
    if (session.exit_code == ExitCode::ok && diverged(asked, session)) session.exit_code = ExitCode::numeric;
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_ablation_options(command, arguments->ablation);
    add_progress_options(command, arguments->ablation.launch);
    add_flag(command, "--plan", arguments->plan, "say what it costs and what it can find; train nothing");
    add_flag(command, "--markdown", arguments->markdown, "print the card as Markdown");
    add_option(command, "--html", arguments->html,
               "also write the card, of --tune the tuned one, as a page to this file");
    add_plot_option(command, arguments->plot, "also draw the card, of --tune the tuned one, into this file");
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([arguments, &session] { ablate(*arguments, session); });
}

}  // namespace

const Verb ablate_verb{"ablate", "how much of a gain is the algorithm, how much the recipe", declare};

}  // namespace dsqbench
