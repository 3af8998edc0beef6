// Tables of the leaderboard's page: whole without a script; with one they sort, and filter where they say by what.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "suite/report/statistics.h"

namespace dsqbench {

// One cell of a row, escaped.
std::string text_cell(const std::string& text);
std::string heading_cell(const std::string& text);  // that names its row
// `value` sorts, `text` is read.
std::string number_cell(std::optional<double> value, const std::string& text);
std::string number_cell(std::optional<double> value, int decimals);
std::string difference_cell(const std::optional<Difference>& difference);
// Opens to `body`, which is markup. `of` names the row for those who hear the page.
std::string details_cell(const std::string& summary, const std::string& of, const std::string& body);

struct HtmlColumn {
    enum class Kind { text, number, plain };  // plain: does not sort
    std::string title, name;                  // name: of the column in the page's address
    Kind kind = Kind::text;
};

struct HtmlRow {
    std::vector<std::string> cells;                            // markup
    std::vector<std::pair<std::string, std::string>> filters;  // name, values with '\n' between them
};

struct HtmlTable {
    std::string id, label, caption;
    std::vector<HtmlColumn> columns;
    std::vector<std::pair<std::string, std::string>> filters;  // name, title; none for no form
    std::vector<HtmlRow> rows;
};

std::string to_html(const HtmlTable& table);

}  // namespace dsqbench
