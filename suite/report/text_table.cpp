#include "suite/report/text_table.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dsqbench {

namespace {

struct CodePoints {
    char32_t first, last;
};

// Unicode 15, the blocks that names and notes can hold; ambiguous-width characters count as narrow.
constexpr CodePoints zero_width[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
constexpr CodePoints double_width[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t n>
bool is_in(const CodePoints (&blocks)[n], char32_t code) {
    return std::any_of(blocks, blocks + n, [&](CodePoints block) { return block.first <= code && code <= block.last; });
}

std::size_t width_of(char32_t code) {
    if (code < 0x20 || is_in(zero_width, code)) return 0;
    return is_in(double_width, code) ? 2 : 1;
}

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// The bits of a lead byte that belong to the code point; the number of leading ones says how many are left.
char32_t payload(unsigned char lead) {
    if (lead < 0x80) return lead;
    return lead < 0xE0 ? lead & 0x1Fu : lead < 0xF0 ? lead & 0x0Fu : lead & 0x07u;
}

std::string padded(const std::string& cell, std::size_t width, TextTable::Align align) {
    const std::string blanks(width - std::min(width, display_width(cell)), ' ');
    return align == TextTable::Align::left ? cell + blanks : blanks + cell;
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string escaped(const std::string& cell) {
    std::string text;
    for (const char c : cell) {
        if (c == '|') text += '\\';
        text += c == '\n' ? ' ' : c;
    }
    return text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    for (std::size_t i = 0; i < text.size();) {
        char32_t code = payload(static_cast<unsigned char>(text[i]));
        for (++i; i < text.size() && continues(text[i]); ++i)
            code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
        width += width_of(code);
    }
    return width;
}

TextTable& TextTable::add_column(const std::string& title, Align align) {
    columns_.push_back({title, align});
    return *this;
}

TextTable& TextTable::add_row(std::vector<std::string> cells) {
    if (cells.size() != columns_.size()) throw std::logic_error("a row of the table has another number of cells");
    rows_.push_back(std::move(cells));
    return *this;
}

std::vector<std::size_t> TextTable::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        widths.push_back(display_width(columns_[column].title));
        for (const auto& row : rows_) widths.back() = std::max(widths.back(), display_width(row[column]));
    }
    return widths;
}

std::string TextTable::aligned() const {
    const auto width = widths();
    std::string titles, rule, body;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const std::string gap = column == 0 ? "" : "  ";
        titles += gap + padded(columns_[column].title, width[column], columns_[column].align);
        rule += gap;
        for (std::size_t i = 0; i < width[column]; ++i) rule += "─";
    }
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t column = 0; column < columns_.size(); ++column)
            line += (column == 0 ? "" : "  ") + padded(row[column], width[column], columns_[column].align);
        body += without_trailing_blanks(line) + "\n";
    }
    return without_trailing_blanks(titles) + "\n" + rule + "\n" + body;
}

std::string TextTable::markdown() const {
    std::string titles = "|", rule = "|", body;
    for (const auto& column : columns_) {
        titles += " " + escaped(column.title) + " |";
        rule += column.align == Align::left ? "---|" : "---:|";
    }
    for (const auto& row : rows_) {
        body += "|";
        for (const auto& cell : row) body += " " + escaped(cell) + " |";
        body += "\n";
    }
    return titles + "\n" + rule + "\n" + body;
}

}  // namespace dsqbench
