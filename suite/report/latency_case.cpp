#include "suite/report/latency_case.h"

#include <fmt/format.h>

#include "suite/report/kernel_table.h"

namespace dsqbench {

Row latency_fields(const RowLine& line, const std::string& kind) {
    Row row{{"kind", kind}};
    auto fields = identity_fields(kind);
    fields.insert(fields.end(), {"machine", "label", "instruction_set"});
    for (const auto& field : fields)
        if (const auto value = line.json(field)) row[field] = Row::parse(*value);
    return row;
}

// Of kernels only our own say which instructions they need.
bool is_ours(const Row& row) {
    if (text_of(row, "kind") == "network") return text_of(row, "variant") == "dsqbench";
    return !text_of(row, "instruction_set").empty();
}

Row latency_case(const Row& row) {
    Row fields = Row::object();
    for (const auto& field : identity_fields(text_of(row, "kind")))
        if (field != "weights_sha256" && row.contains(field) && !row[field].is_null()) fields[field] = row[field];
    return fields;
}

std::string subject_of_latency(const Row& row) {
    const bool is_network = text_of(row, "kind") == "network";
    return text_of(row, is_network ? "label" : "layer") + " " + text_of(row, "variant");
}

std::string setting_of_latency(const Row& row) {
    const auto count = [&row](const char* field, const char* one, const char* many) {
        const auto value = row.value(field, std::uint64_t{1});
        return fmt::format("{} {}", value, value == 1 ? one : many);
    };
    const std::string held_to = text_of(row, "held_to");
    return fmt::format("{}, {}, {}{}", bits_text(row), count("threads", "thread", "threads"),
                       text_of(row, "kind") == "network" ? count("batch", "image", "images") : text_of(row, "cache"),
                       held_to.empty() ? "" : ", held to " + held_to);
}

std::string latency_name(const Row& row) {
    return fmt::format("{} {} {}, {}", text_of(row, "network"), subject_of_latency(row), setting_of_latency(row),
                       text_of(row, "machine"));
}

}  // namespace dsqbench
