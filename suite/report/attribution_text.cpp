// How an attribution card is written for people: for a terminal, as Markdown, as a page of HTML.
#include <fmt/format.h>

#include "suite/core/text.h"
#include "suite/report/attribution.h"
#include "suite/report/markup.h"
#include "suite/report/number_text.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

std::string points_text(const Estimate& estimate) {
    const std::string value = signed_text(estimate.value, 2);
    return estimate.confidence ? value + " " + interval_text(estimate.confidence, 2) : value;
}

std::string percent_text(double share) {
    return number_text(100 * share, 0) + " %";
}

std::string share_text(const std::optional<Share>& share) {
    if (!share) return undefined_text;
    if (!share->fieller) return percent_text(share->value);
    return fmt::format("{} [{}, {}]", percent_text(share->value), number_text(100 * share->fieller->low, 0),
                       number_text(100 * share->fieller->high, 0));
}

std::vector<std::string> cells_of_line(const Contribution& line, const std::string& indent) {
    return {indent + line.name,
            points_text(line.value),
            share_text(line.share),
            signed_text(line.first_in.value, 2),
            signed_text(line.last_in.value, 2),
            fmt::format("{} to {}", signed_text(line.over_orders.low, 2), signed_text(line.over_orders.high, 2)),
            p_value_text(line.interaction_p_value),
            number_text(line.eta_squared, 3)};
}

const std::vector<std::string> titles{"factor",  "effect, points",  "share of the gain", "first in",
                                      "last in", "over all orders", "p, interaction",    "η²"};

TextTable table_of(const AttributionCard& card, const std::string& indent) {
    TextTable table;
    for (const auto& title : titles) table.add_column(title);
    for (const Contribution* group : {&card.algorithm, &card.recipe_group}) {
        table.add_row(cells_of_line(*group, ""));
        for (const auto& factor : card.factors)
            if (factor.group == group->group) table.add_row(cells_of_line(factor, indent));
    }
    return table;
}

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
    return fmt::format("{}", fmt::join(seeds, ", "));
}

std::string title_of(const AttributionCard& card) {
    return fmt::format("{}: {}, {} of width {}, {}, {} cells{} x {} seeds", card.recipe, card.dataset, card.model,
                       card.model_width, card.bits, card.cells.size(), card.half ? " (a half)" : "", card.seeds.size());
}

std::string gain_text(const AttributionCard& card) {
    return fmt::format("from {} % (all old) to {} % (all new): {} points", number_text(card.all_old, 2),
                       number_text(card.all_new, 2), points_text(card.gain));
}

std::string superiority_text(const Superiority& superiority) {
    return fmt::format("{:.2f} [{:.2f}, {:.2f}]", superiority.probability, superiority.confidence.low,
                       superiority.confidence.high);
}

void remark_on_runs(const AttributionCard& card, std::vector<std::string>& remarks) {
    const std::size_t runs = card.cells.size() * (card.seeds.size() + card.left_out.size());
    remarks.push_back(
        fmt::format("not converged: {} of {} runs; not run: {}", card.not_converged_runs, runs, card.missing_runs));
    if (!card.left_out.empty())
        remarks.push_back("left out, as a cell lacks a run that converged: seeds " + seeds_text(card.left_out) +
                          "; the effects are of runs that converge");
    for (const auto& cell : card.cells)
        if (cell.not_converged > 0)
            remarks.push_back(fmt::format("{}: {} not converged", cell.label, cell.not_converged));
}

void remark_on_tests(const AttributionCard& card, std::vector<std::string>& remarks) {
    remarks.push_back("algorithm and recipe together beyond their sum: " + points_text(card.joint_gain) +
                      " points, p " + p_value_text(card.joint_gain.p_value));
    remarks.push_back(fmt::format("the algorithm's effect lies within ±{} points: p {} (two one-sided tests)",
                                  card.margin, p_value_text(card.equivalence_p_value)));
    if (card.sign_flip_p_value)
        remarks.push_back(fmt::format("the algorithm's effect by sign flips: p {} (smallest possible {})",
                                      p_value_text(card.sign_flip_p_value),
                                      p_value_text(smallest_sign_flip_p_value(card.seeds.size()))));
    if (card.superiority_old && card.superiority_new)
        remarks.push_back("a run of the new algorithm beats one of the old with probability " +
                          superiority_text(*card.superiority_old) + " under the old recipe, " +
                          superiority_text(*card.superiority_new) + " under the new");
    if (card.last_in_ratio)
        remarks.push_back("for comparison, last-in over gain as MQBench's 20 % has it: " +
                          percent_text(*card.last_in_ratio));
    if (card.anova.additivity_p_value)
        remarks.push_back("all factors are additive: F test p " + p_value_text(card.anova.additivity_p_value));
}

std::vector<std::string> remarks_on(const AttributionCard& card) {
    std::vector<std::string> remarks;
    remark_on_runs(card, remarks);
    if (card.seeds.empty()) return remarks;
    remark_on_tests(card, remarks);
    remarks.push_back(card.error_model == ErrorModel::by_seed
                          ? "[ ]: 95 %, from each seed's own value; shares by Fieller, only of a clear gain; they may "
                            "be below 0 or above 100 %"
                          : "[ ]: 95 %, from the pooled error of all cells, as there are fewer than six seeds; shares "
                            "by Fieller, only of a clear gain");
    if (card.half)
        remarks.push_back(
            "half of the cells were run: the others are those of the model of main effects and "
            "interactions of two factors");
    remarks.push_back(fmt::format("{} training images, {} epochs; machines: {}; commits: {}", card.train_images,
                                  card.epochs, join(card.machines, ", "), join(card.commits, ", ")));
    return remarks;
}

// The first cell is a heading: of its column among titles, else of its row.
std::string html_row(const std::vector<std::string>& cells, const char* kind) {
    std::string row = fmt::format("<tr class=\"{}\"><th scope=\"row\">{}</th>", kind, escape_markup(cells.front()));
    for (std::size_t i = 1; i < cells.size(); ++i) row += "<td>" + escape_markup(cells[i]) + "</td>";
    return row + "</tr>\n";
}

std::string html_titles(const std::vector<std::string>& of_columns) {
    std::string row = "<tr>";
    for (const auto& title : of_columns) row += "<th scope=\"col\">" + escape_markup(title) + "</th>";
    return row + "</tr>\n";
}

constexpr const char* page_start = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{}</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .25em .7em; text-align: left; white-space: nowrap; }}
th {{ font-weight: normal; }} tr.group > * {{ font-weight: bold; border-top: 1px solid #999; }}
tr.factor th {{ padding-left: 2em; }}
.verdict {{ font-size: 1.3em; }}
</style></head><body>
)";

}  // namespace

std::string format_table(const AttributionCard& card) {
    std::string text = title_of(card) + "\n";
    if (!card.seeds.empty()) text += gain_text(card) + "\n\n" + table_of(card, "  ").aligned();
    text += "\nverdict: " + card.verdict.headline + "\n" + card.verdict.reason + "\n\n";
    return text + join(remarks_on(card), "\n") + "\n";
}

std::string format_markdown(const AttributionCard& card) {
    std::string text = title_of(card) + "\n\n";
    if (!card.seeds.empty()) text += gain_text(card) + "\n\n" + table_of(card, "· ").markdown() + "\n";
    text += "**Verdict: " + card.verdict.headline + ".** " + card.verdict.reason + ".\n\n";
    for (const auto& remark : remarks_on(card)) text += "- " + remark + "\n";
    return text;
}

std::string html_section(const AttributionCard& card) {
    std::string html = "<p>" + escape_markup(card.description) + "</p>\n<p>" + escape_markup(title_of(card)) +
                       "</p>\n<p class=\"verdict\">" + escape_markup(card.verdict.headline) + "</p>\n<p>" +
                       escape_markup(card.verdict.reason) + "</p>\n";
    if (!card.seeds.empty()) {
        html += "<p>" + escape_markup(gain_text(card)) + "</p>\n<table>\n" + html_titles(titles);
        for (const Contribution* group : {&card.algorithm, &card.recipe_group}) {
            html += html_row(cells_of_line(*group, ""), "group");
            for (const auto& factor : card.factors)
                if (factor.group == group->group) html += html_row(cells_of_line(factor, ""), "factor");
        }
        html += "</table>\n";
    }
    html += "<ul>\n";
    for (const auto& remark : remarks_on(card)) html += "<li>" + escape_markup(remark) + "</li>\n";
    html += "</ul>\n<table>\n" + html_titles({"cell", "top-1 %", "spread", "converged", "not converged"});
    for (const auto& cell : card.cells)
        html += html_row({cell.label, number_text(cell.mean, 2), number_text(cell.spread, 2),
                          std::to_string(cell.finished), std::to_string(cell.not_converged)},
                         "cell");
    return html + "</table>\n";
}

std::string format_html(const AttributionCard& card) {
    return fmt::format(page_start, escape_markup(card.recipe)) + "<h1>" + escape_markup(card.recipe) + "</h1>\n" +
           html_section(card) + "</body></html>\n";
}

}  // namespace dsqbench
