#include "suite/report/kernel_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "suite/core/text.h"
#include "suite/report/number_text.h"
#include "suite/report/row_text.h"

namespace dsqbench {

namespace {

std::string kernel_text(const Row& row) {
    const std::string implementation = text_of(row, "implementation");
    return text_of(row, "variant") + (implementation.empty() ? "" : " (" + implementation + ")");
}

std::string check_text_of(const Row& row) {
    const std::string check = text_of(row, "check"), reason = text_of(row, "check_reason");
    return reason.empty() ? check : check + ": " + reason;
}

std::string csv_cell(const Row& row, const std::string& field) {
    if (!row.contains(field) || row[field].is_null()) return {};
    const std::string text = row[field].is_string() ? row[field].get<std::string>() : row[field].dump();
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

std::string bits_text(const Row& row) {
    const auto weights = row.at("weight_bits").get<int>(), activations = row.at("activation_bits").get<int>();
    return weights == 32 ? "f32" : fmt::format("W{}A{}", weights, activations);
}

TextTable kernel_table(const std::vector<Row>& rows) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("layer").add_column("bits").add_column("kernel");
    for (const char* title : {"µs", "p10", "spread %", "GOP/s", "MAC/cycle", "% table", "% loop", "int8", "f32"})
        table.add_column(title, right);
    table.add_column("samples", right).add_column("check");
    const bool threads =
        std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.value("threads", 1) != 1; });
    if (threads) table.add_column("efficiency %", right);
    for (const Row& row : rows) {
        std::vector<std::string> cells{text_of(row, "layer"),
                                       bits_text(row),
                                       kernel_text(row),
                                       number_text(row, "median_ns", 1, 1e-3),
                                       number_text(row, "p10_ns", 1, 1e-3),
                                       number_text(row, "spread", 1),
                                       number_text(row, "gigaops", 1),
                                       number_text(row, "macs_per_cycle", 1),
                                       number_text(row, "table_roof", 0),
                                       number_text(row, "loop_roof", 0),
                                       ratio_text(row, "int8_ratio"),
                                       ratio_text(row, "f32_ratio"),
                                       samples_text(row),
                                       check_text_of(row)};
        if (threads) cells.push_back(number_text(row, "thread_efficiency", 0));
        table.add_row(std::move(cells));
    }
    return table;
}

std::string rows_as_csv(const std::vector<Row>& rows) {
    std::vector<std::string> names;
    for (const RowField& field : row_fields())
        if (std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.contains(field.name); }))
            names.push_back(field.name);
    std::string text = join(names, ",") + "\n";
    for (const Row& row : rows) {
        std::vector<std::string> cells;
        for (const std::string& name : names) cells.push_back(csv_cell(row, name));
        text += join(cells, ",") + "\n";
    }
    return text;
}

}  // namespace dsqbench
