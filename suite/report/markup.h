// Text that came from rows, made harmless in HTML, SVG and CSV.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// & < > " ' escaped, for text and for attributes in either quotes; control characters and bytes that are not UTF-8
// become U+FFFD.
std::string escape_markup(std::string_view text);

// RFC 4180: quoted when it has to be. A text that a spreadsheet would take for a formula is led by an apostrophe.
std::string csv_cell(std::string_view text);

}  // namespace dsqbench
