#include "suite/report/published.h"

#include "suite/core/error.h"
#include "suite/core/file_system.h"

namespace dsqbench {

namespace {

constexpr auto required = Presence::required;
constexpr auto optional = Presence::optional;
const std::string numbers_prefix = "numbers.";

const std::vector<TomlKey> head_keys{
    {"paper", "text", required}, {"arxiv", "text"}, {"table", "text"}, {"title", "text", required}};

const std::vector<TomlKey> number_keys{
    {"method", "text", required},
    {"contender", "text"},
    {"dataset", "text"},
    {"model", "text"},
    {"layer", "text"},
    {"hardware", "text"},
    {"weight_bits", "integer"},
    {"activation_bits", "integer"},
    {"metric", "text", required, {"top1", "top5", "error", "latency_ms", "alpha", "mac_per_widening"}},
    {"value", "real"},
    {"outcome", "text", optional, {"not converged"}},
    {"spread", "real"},
    {"runs", "integer"},
    {"confidence", "text", required, {"read", "secondary", "derived", "memory"}},
    {"quoted_from", "text"},
    {"source", "text"},
    {"note", "text"}};

std::string source_of(const TomlFields& head, const TomlFields& number) {
    if (number.has("source")) return number.text("source");
    if (head.has("table")) return "table " + head.text("table");
    throw Error(ExitCode::data, "the number has no source", "give it 'source', or the file 'table'", number.place());
}

void check_value_or_outcome(const TomlFields& number) {
    if (number.has("value") != number.has("outcome")) return;
    throw Error(ExitCode::data,
                number.has("value") ? "a number that did not converge has no value"
                                    : "has neither 'value' nor outcome = \"not converged\"",
                {}, number.place());
}

// Percentages outside 0 to 100 are slips of the pen.
void check_range(const TomlFields& number) {
    const std::string metric = number.text("metric");
    if (!number.has("value") || (metric != "top1" && metric != "top5" && metric != "error")) return;
    if (number.real("value") < 0 || number.real("value") > 100)
        throw Error(ExitCode::data, "a percentage lies between 0 and 100", {}, number.place_of("value"));
}

std::optional<int> integer_of(const TomlFields& fields, const std::string& key) {
    return fields.has(key) ? std::optional(fields.integer(key)) : std::nullopt;
}

std::optional<double> real_of(const TomlFields& fields, const std::string& key) {
    return fields.has(key) ? std::optional(fields.real(key)) : std::nullopt;
}

PublishedNumber number_of(const TomlFields& head, const TomlFields& fields) {
    PublishedNumber number;
    number.paper = head.text("paper");
    number.arxiv = head.text("arxiv");
    number.source = source_of(head, fields);
    number.method = fields.text("method");
    number.contender = fields.text("contender");
    number.dataset = fields.text("dataset");
    number.model = fields.text("model");
    number.layer = fields.text("layer");
    number.hardware = fields.text("hardware");
    number.weight_bits = integer_of(fields, "weight_bits");
    number.activation_bits = integer_of(fields, "activation_bits");
    number.metric = fields.text("metric");
    number.value = real_of(fields, "value");
    number.spread = real_of(fields, "spread");
    number.runs = integer_of(fields, "runs");
    number.confidence = fields.text("confidence");
    number.quoted_from = fields.text("quoted_from");
    number.note = fields.text("note");
    return number;
}

}  // namespace

std::vector<PublishedNumber> parse_published(const std::string& text, const std::string& place) {
    const auto tables = parse_toml_tables(text, place);
    const TomlFields& head = tables.front().second;
    head.check_known(head_keys);
    head.check_complete(head_keys);
    TomlFields common(place);
    for (const auto& [name, fields] : tables)
        if (name == "common") common = fields;
    common.check_known(number_keys);
    std::vector<PublishedNumber> numbers;
    for (auto [name, fields] : tables) {
        if (name.empty() || name == "common") continue;
        if (!name.starts_with(numbers_prefix))
            throw Error(ExitCode::data, "unknown table '" + name + "'", "known: common, numbers.<name>",
                        fields.place());
        fields.check_known(number_keys);
        fields.set_absent(common);
        fields.check_complete(number_keys);
        check_value_or_outcome(fields);
        check_range(fields);
        numbers.push_back(number_of(head, fields));
        numbers.back().key = name.substr(numbers_prefix.size());
        numbers.back().file = std::filesystem::path(place).stem().string();
    }
    if (numbers.empty()) throw Error(ExitCode::data, "holds no number", "write them below [numbers]", place);
    return numbers;
}

std::vector<PublishedNumber> read_published(const std::filesystem::path& file) {
    constexpr std::size_t largest_file = std::size_t{16} << 20;
    return parse_published(read_file(file, largest_file), file.string());
}

std::vector<PublishedNumber> published_in(const std::filesystem::path& folder) {
    std::vector<PublishedNumber> all;
    for (const auto& file : toml_files_of(folder)) {
        const auto more = read_published(file);
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

}  // namespace dsqbench
