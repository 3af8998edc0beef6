#include "kernels/api/tuning.h"

#include <algorithm>
#include <charconv>

#include "kernels/api/error.h"

namespace dsqbench {
namespace {

constexpr std::string_view header = "dsqbench kernel costs 2";
constexpr int head_lines = 2;
constexpr std::string_view processor_field = "processor\t";

std::string describe(const CodeType& type) {
    constexpr const char* letters[] = {"u", "s", "o"};
    return letters[static_cast<int>(type.coding)] + std::to_string(type.bits);
}

[[noreturn]] void refuse(int line, const std::string& reason) {
    throw KernelError("kernel costs, line " + std::to_string(line) + ": " + reason);
}

void parse_head(std::string_view text, int line, CostTable& table) {
    if (line == 1 && text != header)
        refuse(line, "'" + std::string(text.substr(0, 40)) + "' must be '" + std::string(header) + "'");
    if (line == 2 && text.substr(0, processor_field.size()) != processor_field)
        refuse(line, "must be 'processor', a tab and the name of the one that was measured");
    if (line == 2) table.processor = text.substr(processor_field.size());
}

void parse_line(std::string_view text, int line, CostTable& table) {
    const std::size_t first = text.find('\t');
    const std::size_t second = first == std::string_view::npos ? first : text.find('\t', first + 1);
    if (second == std::string_view::npos) refuse(line, "must be nanoseconds, kernel and problem, with tabs between");
    std::int64_t nanoseconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + first, nanoseconds);
    if (error != std::errc() || end != text.data() + first || nanoseconds < 0)
        refuse(line, "'" + std::string(text.substr(0, first)) + "' is no number of nanoseconds");
    const std::string kernel(text.substr(first + 1, second - first - 1)), problem(text.substr(second + 1));
    if (kernel.empty() || problem.empty()) refuse(line, "names no kernel or no problem");
    if (!table.nanoseconds[problem].emplace(kernel, nanoseconds).second) refuse(line, "is there twice");
}

}  // namespace

std::string tuning_key(const ConvolutionProblem& problem) {
    const ConvolutionShape& shape = problem.shape;
    std::string key = "w" + describe(problem.weights) + " a" + describe(problem.activations);
    const auto add = [&key](const char* name, std::initializer_list<int> numbers) {
        key += std::string(" ") + name;
        const char* separator = "";
        for (const int number : numbers) {
            key += separator + std::to_string(number);
            separator = "x";
        }
    };
    add("n", {shape.batch});
    add("in", {shape.height, shape.width, shape.in_channels});
    add("out", {shape.out_channels});
    add("k", {shape.kernel_height, shape.kernel_width});
    add("s", {shape.stride});
    add("p", {shape.padding.top, shape.padding.bottom, shape.padding.left, shape.padding.right});
    add("g", {shape.groups});
    return key;
}

const KernelVariant& choose_variant(const ConvolutionProblem& problem, InstructionSets available,
                                    const CostTable& table) {
    const KernelVariant* best = nullptr;
    std::int64_t least = 0;
    const auto measured = table.nanoseconds.find(tuning_key(problem));
    if (measured == table.nanoseconds.end()) return choose_variant(problem, available);
    for (const KernelVariant& variant : kernel_variants()) {
        const auto cost = measured->second.find(variant.name);
        if (cost == measured->second.end() || !available.contain(variant.needs) || !variant.supports(problem)) continue;
        if (best != nullptr && cost->second >= least) continue;
        best = &variant;
        least = cost->second;
    }
    return best == nullptr ? choose_variant(problem, available) : *best;
}

std::string to_text(const CostTable& table) {
    std::string text(header);
    text += '\n' + std::string(processor_field) + table.processor + '\n';
    for (const auto& [problem, costs] : table.nanoseconds)
        for (const auto& [kernel, nanoseconds] : costs)
            text += std::to_string(nanoseconds) + '\t' + kernel + '\t' + problem + '\n';
    return text;
}

CostTable parse_cost_table(std::string_view text) {
    CostTable table;
    for (int line = 1; line <= head_lines || !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view content = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line <= head_lines)
            parse_head(content, line, table);
        else if (!content.empty())
            parse_line(content, line, table);
    }
    return table;
}

}  // namespace dsqbench
