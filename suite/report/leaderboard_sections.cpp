#include "suite/report/leaderboard_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "suite/report/html_table.h"
#include "suite/report/kernel_table.h"
#include "suite/report/latency_case.h"
#include "suite/report/markup.h"
#include "suite/report/number_text.h"
#include "suite/report/svg_plot.h"

namespace dsqbench {

namespace {

constexpr auto number = HtmlColumn::Kind::number, plain = HtmlColumn::Kind::plain;

std::optional<double> milliseconds_of(const Row& row) {
    const auto nanoseconds = real_of(row, "median_ns");
    return nanoseconds ? std::optional(*nanoseconds / 1e6) : std::nullopt;
}

// Everything that the row says, and how to get it again; `name` is what the row is of.
std::string provenance_of(const Row& row, const std::string& name) {
    std::string fields;
    for (const auto& field : row_fields()) {
        if (!row.contains(field.name) || row[field.name].is_null() || field.name == "step_times") continue;
        const auto& value = row[field.name];
        fields += fmt::format("{} {}{}\n", field.name, value.is_string() ? value.get<std::string>() : value.dump(),
                              field.unit.empty() ? "" : " " + field.unit);
    }
    const std::string command = text_of(row, "command");
    const std::string again =
        command.empty() ? "" : fmt::format("<p>Again: <code>{}</code></p>", escape_markup(command));
    return details_cell("row", name, again + "<pre>" + escape_markup(fields) + "</pre>");
}

HtmlRow row_of_kernel(const Row& row) {
    return {{text_cell(text_of(row, "network")), heading_cell(text_of(row, "layer")),
             text_cell(text_of(row, "variant")), text_cell(bits_text(row)), number_cell(real_of(row, "threads"), 0),
             text_cell(text_of(row, "cache")), text_cell(text_of(row, "method")), number_cell(milliseconds_of(row), 3),
             number_cell(real_of(row, "spread"), 1), number_cell(real_of(row, "int8_ratio"), 2),
             number_cell(real_of(row, "f32_ratio"), 2), text_cell(text_of(row, "machine")),
             text_cell(text_of(row, "commit").substr(0, 12)), provenance_of(row, latency_name(row))},
            {{"network", text_of(row, "network")},
             {"layer", text_of(row, "layer")},
             {"kernel", text_of(row, "variant")},
             {"bits", bits_text(row)},
             {"machine", text_of(row, "machine")}}};
}

HtmlRow row_of_network(const Row& row) {
    const std::string kernels = text_of(row, "instruction_set");
    return {
        {heading_cell(text_of(row, "network")), text_cell(text_of(row, "label")), text_cell(text_of(row, "weights")),
         text_cell(text_of(row, "variant") + (kernels.empty() ? "" : " " + kernels)), text_cell(bits_text(row)),
         number_cell(real_of(row, "batch"), 0), number_cell(real_of(row, "threads"), 0),
         number_cell(milliseconds_of(row), 3), number_cell(real_of(row, "spread"), 1),
         number_cell(real_of(row, "int8_ratio"), 2), number_cell(real_of(row, "f32_ratio"), 2),
         number_cell(real_of(row, "integer_top1"), 2), number_cell(real_of(row, "equal_predictions"), 2),
         text_cell(text_of(row, "machine")), provenance_of(row, latency_name(row))},
        {{"network", text_of(row, "network")},
         {"label", text_of(row, "label")},
         {"bits", bits_text(row)},
         {"machine", text_of(row, "machine")}}};
}

std::string setting_of_throughput(const Row& row) {
    const auto count = [](const Row& value, const char* one, const char* many) {
        return fmt::format("{} {}", value.dump(), value == 1 ? one : many);
    };
    return fmt::format("{}, {}, seconds of the {}", count(row.at("processes"), "process", "processes"),
                       count(row.at("threads"), "thread", "threads"),
                       text_of(row, "clock") == "wall" ? "clock" : "processor");
}

HtmlRow row_of_throughput(const Row& row) {
    const auto spread = [&](const char* name, int digits) {
        const auto lowest = real_of(row, fmt::format("{}_lowest", name));
        const auto highest = real_of(row, fmt::format("{}_highest", name));
        return text_cell(lowest && highest ? fmt::format("[{:.{}f}, {:.{}f}]", *lowest, digits, *highest, digits) : "");
    };
    const std::string workload = text_of(row, "workload"), rival = text_of(row, "rival");
    const std::string name = rival.empty() ? workload : workload + " against " + rival;
    return {{heading_cell(workload), text_cell(text_of(row, "input")), text_cell(setting_of_throughput(row)),
             number_cell(real_of(row, "rate"), 1), spread("rate", 1), text_cell(text_of(row, "rate_unit")),
             text_cell(rival), number_cell(real_of(row, "rival_rate"), 1), number_cell(real_of(row, "rival_ratio"), 3),
             spread("rival_ratio", 3), number_cell(real_of(row, "rounds"), 0), text_cell(text_of(row, "machine")),
             provenance_of(row, name)},
            {{"workload", workload}, {"machine", text_of(row, "machine")}}};
}

HtmlRow row_of_claim(const JudgedClaim& judged) {
    const auto& [claim, verdict] = judged;
    const std::string kind = name_of(verdict.kind);
    std::string style = kind, commands, rows;
    std::replace(style.begin(), style.end(), ' ', '-');
    for (const auto& command : claim.commands) commands += command + "\n";
    for (const auto& id : verdict.row_ids) rows += "row_id " + id + "\n";
    const std::string note = claim.note.empty() ? "" : "<p>" + escape_markup(claim.note) + "</p>";
    const std::string from = rows.empty() ? "" : "<p>Judged from:</p><pre>" + escape_markup(rows) + "</pre>";
    return {{fmt::format("<td class=\"verdict {}\">{}</td>", style, kind), heading_cell(claim.sentence),
             text_cell(verdict.reason), text_cell(claim.made_by), text_cell(claim.where),
             details_cell("how", claim.name,
                          fmt::format("<p>{}</p>{}<pre>{}</pre>{}", escape_markup(claim.measure), note,
                                      escape_markup(commands), from))},
            {{"verdict", kind}, {"by", claim.made_by}}};
}

HtmlRow row_of_published(const PublishedNumber& each) {
    const auto bits = [](std::optional<int> value) { return value ? std::to_string(*value) : std::string("?"); };
    const std::string paper = each.paper.substr(0, each.paper.find(':'));
    const std::string where = each.layer.empty() ? each.model : each.layer;
    return {
        {text_cell(paper), text_cell(each.source), text_cell(each.dataset), text_cell(where), text_cell(each.method),
         text_cell(bits(each.weight_bits) + "/" + bits(each.activation_bits)), text_cell(each.metric),
         number_cell(each.value, each.value ? fmt::format("{}", *each.value) : "not converged"),
         text_cell(each.hardware), text_cell(each.confidence),
         text_cell(each.quoted_from.empty() ? each.note : "quotes " + each.quoted_from)},
        {{"paper", paper}, {"dataset", each.dataset}, {"model", where}, {"method", each.method}}};
}

}  // namespace

std::string plots_section(const std::vector<BoardPlots>& board_plots) {
    constexpr std::size_t most_of_a_kind = 15;  // a page of thousands would not open; all are in plots/
    std::string html;
    for (const auto& [kind, title, plots] : board_plots) {
        html += "<h3>" + escape_markup(title) + "</h3>\n";
        const auto shown = static_cast<std::ptrdiff_t>(std::min(most_of_a_kind, plots.size()));
        for (auto plot = plots.begin(); plot != std::next(plots.begin(), shown); ++plot)
            html += "<figure>" + to_svg(plot->second) + "</figure>\n";
        if (plots.size() > most_of_a_kind)
            html += fmt::format("<p>{} more are in plots/.</p>\n", plots.size() - most_of_a_kind);
    }
    return html.empty() ? html : "<h2 id=\"plots\">Pictures</h2>\n" + html;
}

std::string claims_section(const Leaderboard& board) {
    if (board.claims.empty()) return {};
    HtmlTable table{"verdicts",
                    "Claims",
                    "What papers say, and what the rows above say to it. A claim whose data is not there never holds.",
                    {{"verdict", "verdict"},
                     {"claim", "claim"},
                     {"because", "reason"},
                     {"by", "by"},
                     {"where", "where"},
                     {"how it is judged", "", plain}},
                    {{"verdict", "Verdict"}, {"by", "By"}},
                    {}};
    for (const auto& judged : board.claims) table.rows.push_back(row_of_claim(judged));
    return "<h2 id=\"claims\">Published claims</h2>\n" + to_html(table);
}

std::string cards_section(const Leaderboard& board) {
    if (board.cards.empty()) return {};
    std::string html = "<h2 id=\"attribution\">Attribution: how much is the algorithm, how much the recipe</h2>\n";
    for (const auto& card : board.cards) html += "<h3>" + escape_markup(card.recipe) + "</h3>\n" + html_section(card);
    return html;
}

std::string networks_section(const Leaderboard& board) {
    if (board.networks.empty()) return {};
    HtmlTable table{
        "network-rows",
        "Networks",
        "Whole networks in integer arithmetic, the newest row of each case. int8, f32: how many times as fast "
        "as that rival in the same run. Random and constant weights are for latency alone.",
        {{"network", "network"},
         {"contender", "label"},
         {"weights", "weights"},
         {"kernels", "kernels"},
         {"bits", "bits"},
         {"batch", "batch", number},
         {"threads", "threads", number},
         {"median ms", "ms", number},
         {"spread %", "spread", number},
         {"int8", "int8", number},
         {"f32", "f32", number},
         {"integer top-1 %", "top1", number},
         {"equal predictions %", "equal", number},
         {"machine", "machine"},
         {"provenance", "", plain}},
        {{"network", "Network"}, {"label", "Contender"}, {"bits", "Bits"}, {"machine", "Machine"}},
        {}};
    for (const Row& row : board.networks) table.rows.push_back(row_of_network(row));
    return "<h2 id=\"networks\">Latency of whole networks</h2>\n" + to_html(table);
}

std::string kernels_section(const Leaderboard& board) {
    if (board.kernels.empty()) return {};
    HtmlTable table{
        "kernel-rows",
        "Kernels",
        "The newest row of each case; measured: on this machine, counted and modelled: on none. int8, f32: how "
        "many times as fast as that rival in the same run.",
        {{"network", "network"},
         {"layer", "layer"},
         {"kernel", "kernel"},
         {"bits", "bits"},
         {"threads", "threads", number},
         {"cache", "cache"},
         {"method", "method"},
         {"median ms", "ms", number},
         {"spread %", "spread", number},
         {"int8", "int8", number},
         {"f32", "f32", number},
         {"machine", "machine"},
         {"commit", "commit"},
         {"provenance", "", plain}},
        {{"network", "Network"}, {"layer", "Layer"}, {"kernel", "Kernel"}, {"bits", "Bits"}, {"machine", "Machine"}},
        {}};
    for (const Row& row : board.kernels) table.rows.push_back(row_of_kernel(row));
    return "<h2 id=\"kernels\">Kernel latency by layer</h2>\n" + to_html(table);
}

std::string throughputs_section(const Leaderboard& board) {
    if (board.throughputs.empty()) return {};
    HtmlTable table{
        "throughput-rows",
        "Throughput",
        "The newest row of each case. A rival did the same work in turn; ratio: ours over its within a round, "
        "median of the rounds [lowest, highest].",
        {{"workload", "workload"},
         {"input", "input"},
         {"setting", "setting"},
         {"rate", "rate", number},
         {"[lowest, highest]", "", plain},
         {"unit", "unit"},
         {"rival", "rival"},
         {"its rate", "rival-rate", number},
         {"ratio", "ratio", number},
         {"[lowest, highest]", "", plain},
         {"rounds", "rounds", number},
         {"machine", "machine"},
         {"provenance", "", plain}},
        {{"workload", "Workload"}, {"machine", "Machine"}},
        {}};
    for (const Row& row : board.throughputs) table.rows.push_back(row_of_throughput(row));
    return "<h2 id=\"throughput\">Throughput</h2>\n" + to_html(table);
}

std::string published_section(const Leaderboard& board) {
    if (board.published.empty()) return {};
    HtmlTable table{
        "published-numbers",
        "Published numbers",
        "As the papers print them; read: in the paper, secondary: quoted by another, derived: computed from what it "
        "prints, memory: not checked",
        {{"paper", "paper"},
         {"source", "source"},
         {"data set", "dataset"},
         {"network or layer", "model"},
         {"method", "method"},
         {"W/A bits", "bits"},
         {"metric", "metric"},
         {"value", "value", number},
         {"hardware", "hardware"},
         {"confidence", "confidence"},
         {"note", "", plain}},
        {{"paper", "Paper"}, {"dataset", "Data set"}, {"model", "Network or layer"}, {"method", "Method"}},
        {}};
    for (const auto& each : board.published) table.rows.push_back(row_of_published(each));
    return fmt::format(
        "<h2 id=\"published\">Published numbers</h2>\n<details><summary>{} numbers of papers, none of them "
        "ours</summary>\n{}</details>\n",
        table.rows.size(), to_html(table));
}

}  // namespace dsqbench
