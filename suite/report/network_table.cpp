#include "suite/report/network_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "suite/report/kernel_table.h"
#include "suite/report/number_text.h"
#include "suite/report/row_text.h"

namespace dsqbench {

namespace {

// How many times smaller the weights of the low-bit layers are than as float32.
std::string shrinkage(const Row& row) {
    const auto packed = real_of(row, "low_bit_weight_bytes"), floats = real_of(row, "low_bit_float_bytes");
    if (!packed || !floats || *packed == 0) return undefined_text;
    return number_text(*floats / *packed, 1) + "x";
}

// "dsq", "random weights", "onednn/network_u8s8 2.6.3"
std::string title(const Row& row) {
    if (text_of(row, "variant") == "dsqbench")
        return text_of(row, "label") + (text_of(row, "weights") == "random" ? " weights" : "");
    const std::string version = text_of(row, "implementation");
    return text_of(row, "variant") + (version.empty() ? "" : " " + version);
}

std::string check_text(const Row& row) {
    const std::string reason = text_of(row, "check_reason");
    return text_of(row, "check") + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

TextTable network_table(const std::vector<Row>& rows) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("network").add_column("what").add_column("bits");
    for (const char* name : {"batch", "threads", "ms", "p10", "spread %", "int8", "f32", "top-1 %", "equal %",
                             "weights KB", "low-bit", "file KB", "peak KB", "samples"})
        table.add_column(name, right);
    table.add_column("check");
    for (const Row& row : rows)
        table.add_row({text_of(row, "network"), title(row), bits_text(row), number_text(row, "batch", 0),
                       number_text(row, "threads", 0), number_text(row, "median_ns", 3, 1e-6),
                       number_text(row, "p10_ns", 3, 1e-6), number_text(row, "spread", 1),
                       ratio_text(row, "int8_ratio"), ratio_text(row, "f32_ratio"), number_text(row, "integer_top1", 2),
                       number_text(row, "equal_predictions", 2), number_text(row, "weight_bytes", 0, 1e-3),
                       shrinkage(row), number_text(row, "file_bytes", 0, 1e-3),
                       number_text(row, "memory_bytes", 0, 1e-3), samples_text(row), check_text(row)});
    return table;
}

TextTable step_table(const std::vector<Row>& rows) {
    TextTable table;
    table.add_column("step, µs");
    std::vector<std::string> names;
    std::vector<Row> steps;
    for (const Row& row : rows) {
        if (!row.contains("step_times")) continue;
        table.add_column(text_of(row, "variant") == "dsqbench" ? bits_text(row) + " " + text_of(row, "label")
                                                               : text_of(row, "variant"),
                         TextTable::Align::right);
        steps.push_back(Row::parse(text_of(row, "step_times")));
        for (std::size_t i = 0; i < steps.back().size(); ++i) {
            const std::string name = text_of(steps.back()[i], "name");
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.insert(names.begin() + static_cast<std::ptrdiff_t>(std::min(i, names.size())), name);
        }
    }
    for (const std::string& name : names) {
        std::vector<std::string> cells{name};
        for (const Row& of_row : steps) {
            std::string cell = undefined_text;
            for (const Row& step : of_row)
                if (text_of(step, "name") == name) cell = number_text(step, "median_ns", 1, 1e-3);
            cells.push_back(cell);
        }
        table.add_row(std::move(cells));
    }
    return table;
}

}  // namespace dsqbench
