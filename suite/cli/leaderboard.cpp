// `dsqbench leaderboard`: the pages made from the stored rows.
#include "suite/report/leaderboard.h"

#include <fmt/format.h>

#include <memory>

#include "suite/cli/claims.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

Leaderboard board_of(const Session& session) {
    LeaderboardBuilder builder;
    ResultStore(session.results_folder).visit([&](const RowLine& row) { builder.add(row); });
    Leaderboard board = builder.build(published_in(session.results_folder / "published"));
    board.claims = judged_claims(session);
    board.cards = cards_in(session.results_folder / "cards");
    return board;
}

// Plots of contenders that are gone would stay for ever otherwise. Only what this command makes is removed.
void remove_old_plots(const fs::path& folder, const std::map<std::string, std::string>& plots) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing))
        if (entry.path().extension() == ".svg" && plots.count(entry.path().filename().string()) == 0)
            fs::remove(entry.path(), missing);
}

void write_pages(const Leaderboard& board, const fs::path& out) {
    const auto plots = leaderboard_plots(board);
    for (const auto& [name, svg] : plots) write_file_atomically(out / "plots" / name, svg);
    remove_old_plots(out / "plots", plots);
    write_file_atomically(out / "leaderboard.md", leaderboard_markdown(board));
    write_file_atomically(out / "leaderboard.csv", leaderboard_csv(board));
    write_file_atomically(out / "leaderboard.json",
                          leaderboard_json(board).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    write_file_atomically(out / "index.html", leaderboard_html(board));
}

void leaderboard(const fs::path& out, const Session& session) {
    const Leaderboard board = board_of(session);
    write_pages(board, out);
    if (session.json)
        return print_json({{"page", (out / "index.html").string()},
                           {"rows", board.rows},
                           {"contenders", board.lines.size()},
                           {"kernels", board.kernels.size()},
                           {"claims", board.claims.size()}});
    print_result(fmt::format("{}: {} contenders from {} rows, {} kernel cases, {} claims",
                             (out / "index.html").string(), board.lines.size(), board.rows, board.kernels.size(),
                             board.claims.size()));
}

void declare(CLI::App& command, Session& session) {
    const auto out = std::make_shared<fs::path>("leaderboard");
    add_option(command, "--out", *out, "folder for the pages")->capture_default_str();
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    command.callback([out, &session] { leaderboard(*out, session); });
}

}  // namespace

const Verb leaderboard_verb{"leaderboard", "build the pages from the stored rows", declare};

}  // namespace dsqbench
