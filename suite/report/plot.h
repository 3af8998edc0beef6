// What the leaderboard draws: plots as data. svg_plot.cpp draws them as SVG, scripts/plot_leaderboard.py as PNG.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "suite/report/statistics.h"

namespace dsqbench {

struct PlotPoint {
    std::string label;
    double value = 0;
    std::optional<Interval> interval;
    std::vector<double> dots;  // what the value is the mean of
};

// One line a point, top to bottom; value, interval and dots along the x axis.
struct IntervalPlot {
    std::string title, axis;
    std::vector<PlotPoint> points;
};

struct Bar {
    std::string label;
    double value = 0;  // 0 or more
};

struct BarPlot {
    std::string title, axis;
    std::vector<Bar> bars;
};

struct Series {
    std::string label;
    std::vector<std::pair<double, double>> points;  // x, y
};

// Lines join the points of a series, or nothing does.
enum class Joined { points, lines };

struct XyPlot {
    std::string title, x_axis, y_axis;
    std::vector<Series> series;
    std::vector<std::string> ticks;  // names of whole x positions; none writes numbers
    Joined joined = Joined::points;
};

using Plot = std::variant<IntervalPlot, BarPlot, XyPlot>;

bool is_empty(const Plot& plot);  // nothing to draw

// {"kind": "interval" | "bar" | "xy", ...} with the fields above.
nlohmann::json to_json(const Plot& plot);

}  // namespace dsqbench
