// Plots as SVG that stands alone or in a page: text is text, colours follow the page's, light or dark.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "suite/report/statistics.h"

namespace dsqbench {

struct PlotPoint {
    std::string label;  // of the line that it is on, or of the point
    double value = 0;
    std::optional<Interval> interval;
    std::vector<double> dots;  // what the value is the mean of
};

// One line a point, top to bottom; value, interval and dots along the x axis.
std::string interval_plot(const std::string& title, const std::string& axis, const std::vector<PlotPoint>& points);

struct Bar {
    std::string label;
    double value = 0;  // 0 or more
};
std::string bar_plot(const std::string& title, const std::string& axis, const std::vector<Bar>& bars);

struct Series {
    std::string label;
    std::vector<std::pair<double, double>> points;  // x, y
};
// `ticks`: names of whole x positions; none writes numbers. Lines join the points of a series, or nothing does.
enum class Joined { points, lines };
std::string xy_plot(const std::string& title, const std::string& x_axis, const std::string& y_axis,
                    const std::vector<Series>& series, const std::vector<std::string>& ticks, Joined joined);

}  // namespace dsqbench
