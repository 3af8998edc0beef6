// What tables say of a measured row's fields; a dash where the row does not have them.
#pragma once

#include <set>
#include <string>

#include "suite/record/row.h"

namespace dsqbench {

std::string number_text(const Row& row, const std::string& field, int decimals, double factor = 1);
std::string ratio_text(const Row& row, const std::string& field);           // "2.45x"
std::string samples_text(const Row& row);                                   // "40 (3)": accepted, and how many were not
std::set<std::string> short_commits(const std::set<std::string>& commits);  // "0123456789ab", "0123456789ab-dirty"

}  // namespace dsqbench
