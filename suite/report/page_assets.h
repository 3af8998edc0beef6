// Style and script of the leaderboard's page; it fetches nothing.
#pragma once

namespace dsqbench {

extern const char* const page_style;
// Sorting by the columns' headings, filters, and both in the URL. Without it the page shows the whole table.
extern const char* const page_script;

}  // namespace dsqbench
