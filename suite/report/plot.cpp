#include "suite/report/plot.h"

#include <algorithm>

namespace dsqbench {

namespace {

using Json = nlohmann::json;

bool is_blank(const IntervalPlot& plot) {
    return plot.points.empty();
}

bool is_blank(const BarPlot& plot) {
    return plot.bars.empty();
}

bool is_blank(const XyPlot& plot) {
    return std::all_of(plot.series.begin(), plot.series.end(), [](const Series& each) { return each.points.empty(); });
}

Json as_json(const IntervalPlot& plot) {
    Json points = Json::array();
    for (const auto& point : plot.points) {
        const auto& interval = point.interval;
        points.push_back({{"label", point.label},
                          {"value", point.value},
                          {"interval", interval ? Json{interval->low, interval->high} : Json()},
                          {"dots", point.dots}});
    }
    return {{"kind", "interval"}, {"title", plot.title}, {"axis", plot.axis}, {"points", points}};
}

Json as_json(const BarPlot& plot) {
    Json bars = Json::array();
    for (const auto& bar : plot.bars) bars.push_back({{"label", bar.label}, {"value", bar.value}});
    return {{"kind", "bar"}, {"title", plot.title}, {"axis", plot.axis}, {"bars", bars}};
}

Json as_json(const XyPlot& plot) {
    Json series = Json::array();
    for (const auto& each : plot.series) series.push_back({{"label", each.label}, {"points", each.points}});
    return {{"kind", "xy"},
            {"title", plot.title},
            {"x_axis", plot.x_axis},
            {"y_axis", plot.y_axis},
            {"series", series},
            {"ticks", plot.ticks},
            {"joined", plot.joined == Joined::lines}};
}

}  // namespace

bool is_empty(const Plot& plot) {
    return std::visit([](const auto& each) { return is_blank(each); }, plot);
}

Json to_json(const Plot& plot) {
    return std::visit([](const auto& each) { return as_json(each); }, plot);
}

}  // namespace dsqbench
