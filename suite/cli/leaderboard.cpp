// `dsqbench leaderboard`: the pages made from the stored rows.
#include "suite/report/leaderboard.h"

#include <fmt/format.h>

#include <memory>

#include "suite/cli/attribution_cards.h"
#include "suite/cli/claims.h"
#include "suite/cli/folders.h"
#include "suite/cli/plot_script.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/report/svg_plot.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

struct PageOptions {
    fs::path out = "leaderboard";
    bool no_png = false;
};

// One pass over the store, for the tables, the cards and the claims.
Leaderboard board_of(const Session& session) {
    const auto store = ResultStore::with_rows(session.results_folder);
    LeaderboardBuilder builder;
    AttributionCards cards(session);
    ClaimJudge judge(session);
    store.visit([&](const RowLine& row) {
        builder.add(row);
        cards.add(row);
        judge.add(row);
    });
    Leaderboard board = builder.build(published_in(published_folder_of(session)));
    const auto built = cards.build();
    board.cards = built.cards;
    board.refused.insert(board.refused.end(), built.refused.begin(), built.refused.end());
    board.claims = judge.verdicts();
    for (const auto& reason : board.refused) fmt::print(stderr, "dsqbench: note: left out: {}\n", reason);
    return board;
}

using Plots = std::map<std::string, Plot>;

enum class Png { none, drawn };

// The names of the plots that this command has put into `out` before: those that its leaderboard.json holds.
std::vector<std::string> plots_made_before(const fs::path& out) {
    const fs::path file = out / "leaderboard.json";
    std::vector<std::string> names;
    if (!fs::exists(file)) return names;
    const auto board = nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
    if (!board.is_object() || !board.contains("plots") || !board["plots"].is_object()) return names;
    for (const auto& [name, plot] : board["plots"].items())
        if (fs::path(name).filename() == name) names.push_back(name);  // never out of the folder
    return names;
}

// Plots of contenders that are gone would stay for ever otherwise. Only what this command made is removed.
void remove_old_plots(const fs::path& out, const Plots& plots, Png png) {
    std::error_code missing;
    for (const auto& name : plots_made_before(out)) {
        const bool known = plots.count(name) > 0;
        if (!known) fs::remove(out / "plots" / (name + ".svg"), missing);
        if (!known || png == Png::none) fs::remove(out / "plots" / (name + ".png"), missing);
    }
}

// Without matplotlib there are no PNGs, which the page does not need.
void draw_png(const Plots& plots, const fs::path& folder, const fs::path& program) {
    nlohmann::json data = nlohmann::json::object();
    for (const auto& [name, plot] : plots) data[name] = to_json(plot);
    try {
        draw_with_script("plot_leaderboard.py", data, folder, program);
    } catch (const Error& error) {
        if (error.code() != ExitCode::unavailable) throw;
        fmt::print(stderr, "dsqbench: note: no pictures as PNG: {}\n", error.what());
    }
}

void write_pages(const Leaderboard& board, const PageOptions& options, const Session& session) {
    const fs::path& out = options.out;
    const std::vector<BoardPlots> board_plots = leaderboard_plots(board);
    Plots plots;
    for (const BoardPlots& kind : board_plots) plots.insert(kind.plots.begin(), kind.plots.end());
    for (const auto& [name, plot] : plots) write_file_atomically(out / "plots" / (name + ".svg"), to_svg(plot));
    if (!options.no_png && !plots.empty()) draw_png(plots, out / "plots", session.program);
    write_file_atomically(out / "leaderboard.md", leaderboard_markdown(board));
    write_file_atomically(out / "leaderboard.csv", leaderboard_csv(board));
    write_file_atomically(out / "index.html", leaderboard_html(board, board_plots));
    // Last, as it says which plots were made: what is killed before leaves the old plots to the next call.
    remove_old_plots(out, plots, options.no_png ? Png::none : Png::drawn);
    write_file_atomically(
        out / "leaderboard.json",
        leaderboard_json(board, board_plots).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void leaderboard(const PageOptions& options, const Session& session) {
    const Leaderboard board = board_of(session);
    write_pages(board, options, session);
    const fs::path& out = options.out;
    if (session.json)
        return print_json({{"page", (out / "index.html").string()},
                           {"rows", board.rows},
                           {"contenders", board.lines.size()},
                           {"kernels", board.kernels.size()},
                           {"networks", board.networks.size()},
                           {"refused", board.refused},
                           {"claims", board.claims.size()},
                           {"cards", board.cards.size()}});
    print_result(
        fmt::format("{}: {} contenders from {} rows, {} kernel cases, {} networks, {} claims, {} attribution cards",
                    (out / "index.html").string(), board.lines.size(), board.rows, board.kernels.size(),
                    board.networks.size(), board.claims.size(), board.cards.size()));
}

void declare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<PageOptions>();
    add_option(command, "--out", options->out, "folder for the pages")->capture_default_str();
    add_flag(command, "--no-png", options->no_png, "the pictures as SVG alone, which needs no Python");
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    command.callback([options, &session] { leaderboard(*options, session); });
}

}  // namespace

const Verb leaderboard_verb{"leaderboard", "build the pages from the stored rows", declare};

}  // namespace dsqbench
