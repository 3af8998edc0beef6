// The leaderboard's page: one file that needs no network, no server and, but for sorting and filtering, no script.
#include <fmt/format.h>

#include <algorithm>

#include "suite/core/text.h"
#include "suite/report/leaderboard.h"
#include "suite/report/markup.h"
#include "suite/report/number_text.h"
#include "suite/report/page_assets.h"
#include "suite/report/svg_plot.h"

namespace dsqbench {

namespace {

std::string text_cell(const std::string& text) {
    return "<td>" + escape_markup(text) + "</td>";
}

// `value` sorts, `text` is read.
std::string number_cell(std::optional<double> value, const std::string& text) {
    return fmt::format("<td class=\"number\" data-sort=\"{}\">{}</td>", value ? fmt::format("{}", *value) : "",
                       escape_markup(text));
}

std::string difference_cell(const std::optional<Difference>& difference) {
    return difference ? number_cell(difference->estimate, difference_text(*difference, 2))
                      : number_cell(std::nullopt, undefined_text);
}

std::string heading(const std::string& text, const std::string& column, bool number) {
    return fmt::format("<th scope=\"col\"{}{}>{}</th>", column.empty() ? "" : " data-column=\"" + column + "\"",
                       number ? " class=\"number\"" : "", text);
}

std::string run_text(const Row& row) {
    std::string text = fmt::format("seed {}: {}", row.value("seed", nlohmann::json()).dump(), text_of(row, "outcome"));
    if (row.contains("top1") && row["top1"].is_number()) text += fmt::format(", top-1 {} %", row["top1"].get<double>());
    for (const char* field : {"time", "machine", "commit", "version", "compiler", "libtorch", "recipe_id",
                              "dataset_fingerprint", "weights_sha256", "run_directory", "row_id"})
        if (!text_of(row, field).empty()) text += fmt::format("\n  {} {}", field, text_of(row, field));
    return text;
}

std::string provenance_of(const BoardLine& line) {
    std::string runs;
    for (const Row& row : line.runs) runs += run_text(row) + "\n";
    const std::string quantizer = line.runs.empty() ? "" : text_of(line.runs.front(), "quantizer");
    return fmt::format(
        "<td><details><summary>{} {}<span class=\"skip\"> of {}</span></summary><p>Again: <code>{}</code></p>"
        "<p>Protocol <code>{}</code>, {} epochs, {} test images</p><p>Quantizers "
        "<code>{}</code></p><pre>{}</pre></details></td>",
        line.runs.size(), line.runs.size() == 1 ? "run" : "runs", escape_markup(line.contender.label),
        escape_markup(line.command), escape_markup(line.protocol_id), line.epochs, line.test_images,
        escape_markup(quantizer), escape_markup(runs));
}

std::string published_cell(const BoardLine& line) {
    std::vector<std::string> texts;
    for (const auto& number : line.published)
        if (number.value)
            texts.push_back(fmt::format("{} ({}, {}, {})", *number.value,
                                        number.paper.substr(0, number.paper.find(':')), number.source,
                                        number.confidence));
    return text_cell(texts.empty() ? undefined_text : join(texts, "; "));
}

std::string row_of(const BoardLine& line) {
    const auto& contender = line.contender;
    const auto attribute = [](const std::string& text) { return escape_markup(text); };
    std::string html = fmt::format(
        "<tr data-dataset=\"{}\" data-model=\"{}\" data-bits=\"{}\" data-contender=\"{}\" data-machine=\"{}\">",
        attribute(line.dataset), attribute(line.model), attribute(contender.bits), attribute(contender.label),
        attribute(join(line.machines, "\n")));
    html += number_cell(line.rank == 0 ? std::nullopt : std::optional<double>(line.rank),
                        line.rank == 0 ? undefined_text : std::to_string(line.rank));
    html += "<th scope=\"row\">" + escape_markup(contender.label) + "</th>";
    html += text_cell(contender.bits) + text_cell(line.dataset) +
            text_cell(fmt::format("{} ({})", line.model, line.model_width)) + text_cell(line.recipe);
    const std::string top1 = contender.top1_mean ? fmt::format("{:.2f} ({})", *contender.top1_mean, contender.converged)
                                                 : std::string(undefined_text);
    html += number_cell(contender.top1_mean, contender.not_converged > 0
                                                 ? fmt::format("{}, {} not converged", top1, contender.not_converged)
                                                 : top1);
    html += number_cell(contender.top1_sd, number_text(contender.top1_sd, 2));
    html += number_cell(line.test_set_error, number_text(line.test_set_error, 2));
    html += difference_cell(contender.to_fp32) + difference_cell(contender.to_ste);
    html += number_cell(contender.images_per_second, number_text(contender.images_per_second, 0));
    html += text_cell(join(line.machines, ", ")) + published_cell(line) + provenance_of(line);
    return html + "</tr>\n";
}

std::string filters() {
    std::string html = "<form id=\"filters\" hidden aria-label=\"Filter the table\">\n";
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{{"dataset", "Data set"},
                                                                                     {"model", "Network"},
                                                                                     {"bits", "W/A bits"},
                                                                                     {"contender", "Contender"},
                                                                                     {"machine", "Machine"}})
        html +=
            fmt::format("<label>{}<select name=\"{}\"><option value=\"\">all</option></select></label>\n", text, name);
    return html + "<button type=\"reset\">Show all</button>\n<p id=\"shown\" role=\"status\"></p>\n</form>\n";
}

std::string board_table(const Leaderboard& board) {
    std::string html =
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of contenders\"><table id=\"board\">\n"
        "<caption>Top-1 after the last epoch, mean over (seeds). Seed spread: standard deviation over seeds. Test-set "
        "error: standard error of an accuracy from that number of test images. Δ: points, paired by seed, 95 % "
        "interval. "
        "Contenders of one protocol whose difference interval holds 0 share a rank.</caption>\n<thead><tr>";
    html +=
        heading("rank", "rank", true) + heading("contender", "contender", false) + heading("W/A bits", "bits", false);
    html += heading("data set", "dataset", false) + heading("network (width)", "model", false) +
            heading("recipe", "recipe", false);
    html += heading("top-1 %", "top1", true) + heading("seed spread", "spread", true) +
            heading("test-set error", "error", true);
    html +=
        heading("Δ FP32", "fp32", true) + heading("Δ STE", "ste", true) + heading("training images/s", "speed", true);
    html += heading("machine", "machine", false) + heading("published", "", false) + heading("provenance", "", false);
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& line : board.lines) html += row_of(line);
    return html + "</tbody></table></div>\n";
}

std::string plain_table(const std::string& caption, const std::vector<std::string>& titles,
                        const std::vector<std::vector<std::string>>& rows) {
    std::string html = "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + escape_markup(caption) +
                       "\"><table><caption>" + escape_markup(caption) + "</caption><thead><tr>";
    for (const auto& title : titles) html += heading(escape_markup(title), "", false);
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& row : rows) {
        html += "<tr>";
        for (const auto& cell : row) html += text_cell(cell);
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

std::string claims_section(const Leaderboard& board) {
    if (board.claims.empty()) return {};
    std::string html =
        "<h2 id=\"claims\">Published claims</h2>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Claims\">"
        "<table><caption>What papers say, and what the rows above say to it. A claim whose data is not there never "
        "holds."
        "</caption><thead><tr><th scope=\"col\">verdict</th><th scope=\"col\">claim</th><th scope=\"col\">because</th>"
        "<th scope=\"col\">by</th></tr></thead>\n<tbody>\n";
    for (const auto& [claim, verdict] : board.claims) {
        std::string style = name_of(verdict.kind);
        std::replace(style.begin(), style.end(), ' ', '-');
        std::string commands;
        for (const auto& command : claim.commands) commands += command + "\n";
        html += fmt::format(
            "<tr><td class=\"verdict {}\">{}</td><td>{}<details><summary>how<span class=\"skip\"> {} is judged</span>"
            "</summary><p>{}</p><pre>{}</pre></details></td><td>{}</td><td>{}, {}</td></tr>\n",
            style, name_of(verdict.kind), escape_markup(claim.sentence), escape_markup(claim.name),
            escape_markup(claim.measure), escape_markup(commands), escape_markup(verdict.reason),
            escape_markup(claim.made_by), escape_markup(claim.where));
    }
    return html + "</tbody></table></div>\n";
}

std::string kernels_section(const Leaderboard& board) {
    if (board.kernels.empty()) return {};
    std::vector<std::vector<std::string>> rows;
    for (const Row& row : board.kernels) {
        const auto real = [&row](const char* field) {
            return row.contains(field) && row[field].is_number() ? std::optional(row[field].get<double>())
                                                                 : std::nullopt;
        };
        const auto nanoseconds = real("median_ns");
        rows.push_back({text_of(row, "network"), text_of(row, "layer"), text_of(row, "shape"), text_of(row, "variant"),
                        fmt::format("{}/{}", row.value("weight_bits", 0), row.value("activation_bits", 0)),
                        std::to_string(row.value("threads", 1)), text_of(row, "method"),
                        number_text(nanoseconds ? std::optional(*nanoseconds / 1e6) : std::nullopt, 3),
                        number_text(real("spread"), 1), text_of(row, "machine"), text_of(row, "commit").substr(0, 12),
                        text_of(row, "command")});
    }
    return "<h2 id=\"kernels\">Kernel latency by layer</h2>\n" +
           plain_table("The newest row of each case; measured: on this machine, counted and modelled: on none",
                       {"network", "layer", "shape", "kernel", "W/A bits", "threads", "method", "median ms", "spread %",
                        "machine", "commit", "again"},
                       rows);
}

std::string published_section(const Leaderboard& board) {
    if (board.published.empty()) return {};
    std::vector<std::vector<std::string>> rows;
    for (const auto& number : board.published) {
        const auto bits = [](std::optional<int> value) { return value ? std::to_string(*value) : std::string("?"); };
        rows.push_back({number.paper.substr(0, number.paper.find(':')), number.source, number.dataset,
                        number.layer.empty() ? number.model : number.layer, number.method,
                        bits(number.weight_bits) + "/" + bits(number.activation_bits), number.metric,
                        number.value ? fmt::format("{}", *number.value) : "not converged", number.hardware,
                        number.confidence, number.quoted_from.empty() ? number.note : "quotes " + number.quoted_from});
    }
    return "<h2 id=\"published\">Published numbers</h2>\n<details><summary>" + std::to_string(rows.size()) +
           " numbers of papers, none of them ours</summary>\n" +
           plain_table(
               "As the papers print them; read: in the paper, secondary: quoted by another, memory: not checked",
               {"paper", "source", "data set", "network or layer", "method", "W/A bits", "metric", "value", "hardware",
                "confidence", "note"},
               rows) +
           "</details>\n";
}

std::string plots_section(const Leaderboard& board) {
    constexpr std::size_t most = 60;  // a page of thousands would not open; all are in plots/
    std::string html;
    std::size_t count = 0;
    const auto plots = leaderboard_plots(board);
    for (const auto& [name, plot] : plots) {
        if (++count > most) break;
        html += "<figure>" + to_svg(plot) + "</figure>\n";
    }
    if (html.empty()) return {};
    if (plots.size() > most) html += fmt::format("<p>{} more are in plots/.</p>\n", plots.size() - most);
    return "<h2 id=\"plots\">Pictures</h2>\n" + html;
}

std::string cards_section(const Leaderboard& board) {
    if (board.cards.empty()) return {};
    std::string html = "<h2 id=\"attribution\">Attribution: how much is the algorithm, how much the recipe</h2>\n";
    for (const auto& card : board.cards) html += "<h3>" + escape_markup(card.recipe) + "</h3>\n" + html_section(card);
    return html;
}

}  // namespace

std::string leaderboard_html(const Leaderboard& board) {
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
                                : filters() + board_table(board);
    body += plots_section(board) + claims_section(board) + cards_section(board) + kernels_section(board) +
            published_section(board);
    return head + body + "</main>\n<script>" + page_script + "</script>\n</body>\n</html>\n";
}

}  // namespace dsqbench
