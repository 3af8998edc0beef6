// The leaderboard's page: one file that needs no network, no server and, but for sorting and filtering, no script. Here
// its frame and the table of contenders; the rest is in leaderboard_sections.cpp.
#include <fmt/format.h>

#include "suite/core/text.h"
#include "suite/report/html_table.h"
#include "suite/report/leaderboard.h"
#include "suite/report/leaderboard_sections.h"
#include "suite/report/markup.h"
#include "suite/report/number_text.h"
#include "suite/report/page_assets.h"

namespace dsqbench {

namespace {

std::string run_text(const Row& row) {
    std::string text = fmt::format("seed {}: {}", row.value("seed", nlohmann::json()).dump(), text_of(row, "outcome"));
    if (const auto top1 = real_of(row, "top1")) text += fmt::format(", top-1 {} %", *top1);
    for (const char* field : {"time", "machine", "commit", "version", "compiler", "libtorch", "recipe_id",
                              "dataset_fingerprint", "weights_sha256", "run_directory", "row_id"})
        if (!text_of(row, field).empty()) text += fmt::format("\n  {} {}", field, text_of(row, field));
    return text;
}

std::string provenance_of(const BoardLine& line) {
    std::string runs;
    for (const Row& row : line.runs) runs += run_text(row) + "\n";
    const std::string quantizer = line.runs.empty() ? "" : text_of(line.runs.front(), "quantizer");
    return details_cell(
        fmt::format("{} {}", line.runs.size(), line.runs.size() == 1 ? "run" : "runs"), line.contender.label,
        fmt::format("<p>Again: <code>{}</code></p><p>Protocol <code>{}</code>, {} epochs, {} test images</p>"
                    "<p>Quantizers <code>{}</code></p><pre>{}</pre>",
                    escape_markup(line.command), escape_markup(line.protocol_id), line.epochs, line.test_images,
                    escape_markup(quantizer), escape_markup(runs)));
}

std::string published_text(const BoardLine& line) {
    std::vector<std::string> texts;
    for (const auto& number : line.published)
        if (number.value)
            texts.push_back(fmt::format("{} ({}, {}, {})", *number.value,
                                        number.paper.substr(0, number.paper.find(':')), number.source,
                                        number.confidence));
    return texts.empty() ? undefined_text : join(texts, "; ");
}

std::string top1_text(const ComparisonLine& contender) {
    std::vector<std::string> texts;
    if (contender.top1_mean) texts.push_back(fmt::format("{:.2f} ({})", *contender.top1_mean, contender.converged));
    if (contender.not_converged > 0) texts.push_back(fmt::format("{} not converged", contender.not_converged));
    return texts.empty() ? undefined_text : join(texts, ", ");
}

// Speeds of two machines have no mean.
std::string speed_cell(const BoardLine& line) {
    if (line.images_per_second.size() == 1) return number_cell(line.images_per_second.begin()->second, 0);
    return number_cell(std::nullopt, speeds_text(line.images_per_second));
}

HtmlRow row_of(const BoardLine& line) {
    const auto& contender = line.contender;
    const bool ranked = line.rank != 0;
    return {
        {number_cell(ranked ? std::optional<double>(line.rank) : std::nullopt,
                     ranked ? std::to_string(line.rank) : undefined_text),
         heading_cell(contender.label), text_cell(contender.bits), text_cell(line.dataset),
         text_cell(fmt::format("{} ({})", line.model, line.model_width)), text_cell(line.recipe),
         number_cell(contender.top1_mean, top1_text(contender)), number_cell(contender.top1_sd, 2),
         number_cell(line.test_set_error, 2), difference_cell(contender.to_fp32), difference_cell(contender.to_ste),
         speed_cell(line), text_cell(join(line.machines, ", ")), text_cell(published_text(line)), provenance_of(line)},
        {{"dataset", line.dataset},
         {"model", line.model},
         {"bits", contender.bits},
         {"contender", contender.label},
         {"machine", join(line.machines, "\n")}}};
}

std::string board_table(const Leaderboard& board) {
    constexpr auto text = HtmlColumn::Kind::text, number = HtmlColumn::Kind::number, plain = HtmlColumn::Kind::plain;
    HtmlTable table{
        "board",
        "Contenders",
        "Top-1 after the last epoch, mean over (seeds). Seed spread: standard deviation over seeds. Test-set "
        "error: standard error of an accuracy from that number of test images. Δ: points, paired by seed, "
        "95 % interval. Contenders of one protocol whose difference interval holds 0 share a rank.",
        {{"rank", "rank", number},
         {"contender", "contender", text},
         {"W/A bits", "bits", text},
         {"data set", "dataset", text},
         {"network (width)", "model", text},
         {"recipe", "recipe", text},
         {"top-1 %", "top1", number},
         {"seed spread", "spread", number},
         {"test-set error", "error", number},
         {"Δ FP32", "fp32", number},
         {"Δ STE", "ste", number},
         {"training images/s", "speed", number},
         {"machine", "machine", text},
         {"published", "", plain},
         {"provenance", "", plain}},
        {{"dataset", "Data set"},
         {"model", "Network"},
         {"bits", "W/A bits"},
         {"contender", "Contender"},
         {"machine", "Machine"}},
        {}};
    for (const auto& line : board.lines) table.rows.push_back(row_of(line));
    return to_html(table);
}

std::string refused_note(const Leaderboard& board) {
    if (board.refused.empty()) return {};
    std::string html = "<p>Left out, as their rows contradict each other:</p>\n<ul>\n";
    for (const auto& reason : board.refused) html += "<li>" + escape_markup(reason) + "</li>\n";
    return html + "</ul>\n";
}

}  // namespace

std::string leaderboard_html(const Leaderboard& board, const std::vector<BoardPlots>& plots) {
    const std::string head = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src "
        "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>dsqbench "
        "leaderboard</title>\n"
        "<link rel=\"icon\" href=\"data:,\">\n<style>{}</style>\n</head>\n<body>\n",
        page_style);
    std::string body = fmt::format(
        "<a class=\"skip\" href=\"#board\">To the table</a>\n<header><h1>dsqbench leaderboard</h1>\n"
        "<p>{} rows, {} left out as unpublishable; newest of {}. Every number leads to its rows, their commit and the "
        "command that repeats them.</p></header>\n<main>\n",
        board.rows, board.unpublishable, board.newest.empty() ? "never" : escape_markup(board.newest));
    body += board.lines.empty() ? "<p>No rows yet: <code>dsqbench run --recipe fmnist_r8_w2a2</code> makes some.</p>\n"
                                : board_table(board);
    body += refused_note(board) + plots_section(plots) + claims_section(board) + cards_section(board) +
            networks_section(board) + kernels_section(board) + throughputs_section(board) + published_section(board);
    return head + body + "</main>\n<script>" + page_script + "</script>\n</body>\n</html>\n";
}

}  // namespace dsqbench
