#include "suite/report/html_table.h"

#include <fmt/format.h>

#include "suite/core/text.h"
#include "suite/report/markup.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

std::string heading(const HtmlColumn& column) {
    const bool sorts = column.kind != HtmlColumn::Kind::plain, number = column.kind == HtmlColumn::Kind::number;
    return fmt::format("<th scope=\"col\"{}{}>{}</th>",
                       sorts ? " data-column=\"" + escape_markup(column.name) + "\"" : "",
                       number ? " class=\"number\"" : "", escape_markup(column.title));
}

// Hidden until a script can do what it says.
std::string form_of(const HtmlTable& table) {
    if (table.filters.empty()) return {};
    std::string html =
        fmt::format("<form data-for=\"{}\" hidden aria-label=\"Filter: {}\">\n", table.id, escape_markup(table.label));
    for (const auto& [name, title] : table.filters)
        html += fmt::format("<label>{}<select name=\"{}\"><option value=\"\">all</option></select></label>\n",
                            escape_markup(title), escape_markup(name));
    return html + "<button type=\"reset\">Show all</button>\n<p class=\"shown\" role=\"status\"></p>\n</form>\n";
}

std::string to_html(const HtmlRow& row) {
    std::string html = "<tr";
    for (const auto& [name, values] : row.filters) html += fmt::format(" data-{}=\"{}\"", name, escape_markup(values));
    return html + ">" + join(row.cells, "") + "</tr>\n";
}

}  // namespace

std::string text_cell(const std::string& text) {
    return "<td>" + escape_markup(text) + "</td>";
}

std::string heading_cell(const std::string& text) {
    return "<th scope=\"row\">" + escape_markup(text) + "</th>";
}

std::string number_cell(std::optional<double> value, const std::string& text) {
    return fmt::format("<td class=\"number\" data-sort=\"{}\">{}</td>", value ? fmt::format("{}", *value) : "",
                       escape_markup(text));
}

std::string number_cell(std::optional<double> value, int decimals) {
    return number_cell(value, number_text(value, decimals));
}

std::string difference_cell(const std::optional<Difference>& difference) {
    return difference ? number_cell(difference->estimate, difference_text(*difference, 2))
                      : number_cell(std::nullopt, undefined_text);
}

std::string details_cell(const std::string& summary, const std::string& of, const std::string& body) {
    return fmt::format("<td><details><summary>{}<span class=\"skip\"> of {}</span></summary>{}</details></td>",
                       escape_markup(summary), escape_markup(of), body);
}

std::string to_html(const HtmlTable& table) {
    std::string html = form_of(table);
    html += fmt::format(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table id=\"{}\">\n"
        "<caption><span>{}</span></caption>\n<thead><tr>",
        escape_markup(table.label), table.id, escape_markup(table.caption));
    for (const auto& column : table.columns) html += heading(column);
    html += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) html += to_html(row);
    return html + "</tbody></table></div>\n";
}

}  // namespace dsqbench
