// Tables for terminals and Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

// Cells that a terminal needs for UTF-8 `text`: combining marks take none, wide East Asian characters and emoji two.
std::size_t display_width(std::string_view text);

class TextTable {
public:
    enum class Align { left, right };

    TextTable& add_column(const std::string& title, Align align = Align::left);
    // One cell a column; throws std::logic_error otherwise.
    TextTable& add_row(std::vector<std::string> cells);

    std::string aligned() const;   // two blanks between columns, a rule below the titles, no blanks at line ends
    std::string markdown() const;  // '|' in cells escaped

private:
    struct Column {
        std::string title;
        Align align;
    };
    std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace dsqbench
