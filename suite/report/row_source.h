// Rows from whatever the user names.
#pragma once

#include <filesystem>
#include <vector>

#include "suite/record/row.h"

namespace dsqbench {

// `path`: a .jsonl file of rows, a results folder, a run directory, or a folder of run directories (unfinished ones
// among them are named on stderr); with "@<commit>" or "@<machine>" behind it only the rows of the one commit, which may
// be its first 4 digits or more, or machine. Throws Error(data) when it is none of these, or holds no such row.
std::vector<Row> load_rows(const std::filesystem::path& path);

}  // namespace dsqbench
