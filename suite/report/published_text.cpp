// How published numbers are written: for a terminal, as Markdown, as JSON.
#include <fmt/format.h>

#include "suite/report/difference_json.h"
#include "suite/report/number_text.h"
#include "suite/report/published.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

std::string bits_text(const PublishedNumber& number) {
    const auto text = [](std::optional<int> bits) { return bits ? std::to_string(*bits) : std::string("?"); };
    return number.weight_bits || number.activation_bits ? text(number.weight_bits) + "/" + text(number.activation_bits)
                                                        : undefined_text;
}

std::string value_text(const PublishedNumber& number) {
    if (!number.value) return "not converged";
    const std::string spread = number.spread ? fmt::format(" ± {}", *number.spread) : "";
    const std::string runs = number.runs ? fmt::format(" ({})", *number.runs) : "";
    return fmt::format("{}{}{}", *number.value, spread, runs);
}

// "table 7, quotes HAQ; every convolution quantized"
std::string remark_of(const PublishedNumber& number) {
    std::string text = number.quoted_from.empty() ? "" : "quotes " + number.quoted_from;
    if (!number.note.empty()) text += (text.empty() ? "" : "; ") + number.note;
    return text;
}

std::string or_dash(const std::string& text) {
    return text.empty() ? undefined_text : text;
}

TextTable table_of(const std::vector<PublishedNumber>& numbers) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("paper").add_column("source").add_column("data set").add_column("network or layer");
    table.add_column("method").add_column("W/A bits", right).add_column("metric").add_column("value (runs)", right);
    table.add_column("hardware").add_column("confidence").add_column("note");
    for (const auto& number : numbers)
        table.add_row({number.paper.substr(0, number.paper.find(':')), number.source, or_dash(number.dataset),
                       or_dash(number.layer.empty() ? number.model : number.layer), number.method, bits_text(number),
                       number.metric, value_text(number), or_dash(number.hardware), number.confidence,
                       remark_of(number)});
    return table;
}

nlohmann::json or_null(std::optional<int> value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

std::string format_table(const std::vector<PublishedNumber>& numbers) {
    return table_of(numbers).aligned();
}

std::string format_markdown(const std::vector<PublishedNumber>& numbers) {
    return table_of(numbers).markdown();
}

nlohmann::json to_json(const std::vector<PublishedNumber>& numbers) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& number : numbers)
        list.push_back({{"key", number.key},
                        {"file", number.file},
                        {"paper", number.paper},
                        {"arxiv", number.arxiv},
                        {"source", number.source},
                        {"method", number.method},
                        {"contender", number.contender},
                        {"dataset", number.dataset},
                        {"model", number.model},
                        {"layer", number.layer},
                        {"hardware", number.hardware},
                        {"weight_bits", or_null(number.weight_bits)},
                        {"activation_bits", or_null(number.activation_bits)},
                        {"metric", number.metric},
                        {"value", or_null(number.value)},
                        {"spread", or_null(number.spread)},
                        {"runs", or_null(number.runs)},
                        {"confidence", number.confidence},
                        {"quoted_from", number.quoted_from},
                        {"note", number.note}});
    return list;
}

}  // namespace dsqbench
