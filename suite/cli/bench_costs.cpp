#include "suite/cli/bench_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/api/error.h"
#include "kernels/bench/processor.h"
#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

constexpr std::size_t largest_file = 16 * 1024 * 1024;  // a hundred thousand lines

std::string microseconds(const std::map<std::string, std::int64_t>& costs, const std::string& kernel) {
    const auto found = costs.find(kernel);
    return number_text(found == costs.end() ? std::nullopt : std::optional(static_cast<double>(found->second) * 1e-3),
                       1);
}

}  // namespace

CostTable read_costs(const std::filesystem::path& file) {
    CostTable table;
    try {
        table = parse_cost_table(read_file(file, largest_file));
    } catch (const KernelError& error) {
        throw Error(ExitCode::usage, fmt::format("{}: {}", file.string(), error.what()),
                    "a table of costs is written by dsqbench bench --tune FILE");
    }
    if (table.processor != processor_name())
        throw Error(ExitCode::usage,
                    fmt::format("{}: costs on '{}', this is '{}'", file.string(), table.processor, processor_name()),
                    "measure them here: dsqbench bench --tune ANOTHER_FILE");
    return table;
}

std::vector<std::string> kernels_to_tune() {
    std::vector<std::string> names;
    for (const KernelVariant& variant : kernel_variants())
        if (variant.name != "reference/scalar") names.push_back(variant.name);
    return names;
}

void CostRecorder::add(const std::string& layer, const LayerResult& result) {
    for (const KernelResult& kernel : result.kernels) {
        if (!kernel.timing) continue;
        if (kernel.timing->accepted == 0) {
            ++disturbed_;
            continue;
        }
        costs_.nanoseconds[kernel.problem][kernel.variant] = std::llround(kernel.timing->nanoseconds.median);
        const bool known = std::any_of(choices_.begin(), choices_.end(),
                                       [&](const Choice& choice) { return choice.problem == kernel.problem; });
        if (!known) choices_.push_back({layer, kernel.problem, kernel.bits, kernel.by_default});
    }
}

void CostRecorder::write(const std::filesystem::path& file) const {
    CostTable all;
    if (std::filesystem::exists(file)) all = read_costs(file);
    all.processor = processor_name();
    for (const auto& [problem, costs] : costs_.nanoseconds)
        for (const auto& [kernel, nanoseconds] : costs) all.nanoseconds[problem][kernel] = nanoseconds;
    write_file_atomically(file, to_text(all));
}

TextTable CostRecorder::summary() const {
    TextTable table;
    table.add_column("layer").add_column("bits").add_column("fastest").add_column("µs", TextTable::Align::right);
    table.add_column("without the table").add_column("µs", TextTable::Align::right);
    for (const Choice& choice : choices_) {
        const auto& costs = costs_.nanoseconds.at(choice.problem);
        const auto fastest = std::min_element(costs.begin(), costs.end(),
                                              [](const auto& a, const auto& b) { return a.second < b.second; });
        table.add_row({choice.layer, fmt::format("W{}A{}", choice.bits.weights, choice.bits.activations),
                       fastest->first, microseconds(costs, fastest->first), choice.by_default,
                       microseconds(costs, choice.by_default)});
    }
    return table;
}

}  // namespace dsqbench
