// Rows of kind "kernel" as tables.
#pragma once

#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/text_table.h"

namespace dsqbench {

// One line a row, in their order.
TextTable kernel_table(const std::vector<Row>& rows);

// Every field that any of the rows has, in the order of the table of fields; quoted as RFC 4180 says.
std::string rows_as_csv(const std::vector<Row>& rows);

// "W2A2"; "f32" for 32 bits.
std::string bits_text(const Row& row);

}  // namespace dsqbench
