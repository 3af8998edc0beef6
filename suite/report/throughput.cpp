#include "suite/report/throughput.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "suite/report/statistics.h"

namespace dsqbench {

namespace {

// <name>, <name>_lowest and <name>_highest
void add_spread(Row& row, const std::string& name, const std::vector<double>& values) {
    const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
    row[name] = median(values);
    row[name + "_lowest"] = *lowest;
    row[name + "_highest"] = *highest;
}

// units / seconds of each round
std::vector<double> rates_of(double units, const std::vector<double>& seconds) {
    std::vector<double> rates;
    for (const double each : seconds) rates.push_back(units / each);
    return rates;
}

void require_rounds(const std::vector<double>& seconds, std::size_t rounds) {
    if (seconds.empty() || seconds.size() != rounds)
        throw std::logic_error("a throughput needs rounds, and its rivals as many");
    if (!std::all_of(seconds.begin(), seconds.end(), [](double each) { return each > 0; }))
        throw std::logic_error("a round of a throughput took no time");
}

Row row_alone(const Throughput& measured) {
    Row row{{"kind", "throughput"},
            {"workload", measured.workload},
            {"input", measured.input},
            {"processes", measured.processes},
            {"threads", measured.threads},
            {"clock", measured.clock == Throughput::Clock::processor ? "processor" : "wall"},
            {"rounds", measured.seconds.size()},
            {"rate_unit", measured.unit}};
    add_spread(row, "rate", rates_of(measured.units, measured.seconds));
    if (!measured.command.empty()) row["command"] = measured.command;
    return row;
}

void add_rival(Row& row, const Throughput& measured, const ThroughputRival& rival) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < rival.seconds.size(); ++round)
        ratios.push_back(rival.seconds[round] / measured.seconds[round]);
    row["rival"] = rival.name;
    row["rival_rate"] = median(rates_of(measured.units, rival.seconds));
    add_spread(row, "rival_ratio", ratios);
}

std::string spread_text(const Row& row, const std::string& name, int digits) {
    const auto middle = real_of(row, name);
    if (!middle) return {};
    return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", *middle, digits, row.at(name + "_lowest").get<double>(), digits,
                       row.at(name + "_highest").get<double>(), digits);
}

}  // namespace

std::vector<Row> throughput_rows(const Throughput& measured, const std::vector<ThroughputRival>& rivals) {
    require_rounds(measured.seconds, measured.seconds.size());
    std::vector<Row> rows;
    for (const auto& rival : rivals) {
        require_rounds(rival.seconds, measured.seconds.size());
        add_rival(rows.emplace_back(row_alone(measured)), measured, rival);
    }
    if (rows.empty()) rows.push_back(row_alone(measured));
    return rows;
}

TextTable throughput_table(const std::vector<Row>& rows) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("workload").add_column("input").add_column("processes", right).add_column("threads", right);
    table.add_column("unit").add_column("rate [lowest, highest]").add_column("rival").add_column("its rate", right);
    table.add_column("ratio [lowest, highest]").add_column("rounds", right);
    for (const Row& row : rows) {
        const auto rival_rate = real_of(row, "rival_rate");
        table.add_row({text_of(row, "workload"), text_of(row, "input"), row.at("processes").dump(),
                       row.at("threads").dump(), text_of(row, "rate_unit"), spread_text(row, "rate", 1),
                       text_of(row, "rival"), rival_rate ? fmt::format("{:.1f}", *rival_rate) : "",
                       spread_text(row, "rival_ratio", 3), row.at("rounds").dump()});
    }
    return table;
}

}  // namespace dsqbench
