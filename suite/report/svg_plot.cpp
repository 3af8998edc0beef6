#include "suite/report/svg_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/report/markup.h"

namespace dsqbench {

namespace {

constexpr double width = 720, left = 170, right = 20, top = 34, line_height = 24, bottom = 44;

// Okabe and Ito's colours, told apart with every kind of colour vision; yellow left out, too light on white.
constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#888888"};

const char* colour_of(std::size_t i) {
    return colours[i % std::size(colours)];
}

// A round step that gives about five ticks.
double tick_step(double span) {
    if (!(span > 0)) return 1;
    const double power = std::pow(10, std::floor(std::log10(span / 5)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (span / (factor * power) <= 6) return factor * power;
    return 10 * power;
}

struct Scale {
    double low = 0, high = 1, from = 0, to = 1;  // values; pixels
    double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

Scale scale_of(double low, double high, double from, double to) {
    const double margin = high > low ? (high - low) * 0.05 : std::max(1.0, std::abs(high) * 0.05);
    return {low - margin, high + margin, from, to};
}

std::string text_at(double x, double y, const std::string& anchor, const std::string& text) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                       escape_markup(text));
}

std::string ticks_along_x(const Scale& scale, double y_top, double y_bottom) {
    std::string svg;
    const double step = tick_step(scale.high - scale.low);
    for (double tick = std::ceil(scale.low / step) * step; tick <= scale.high; tick += step) {
        svg += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>\n",
                           scale.at(tick), y_top, y_bottom);
        svg += text_at(scale.at(tick), y_bottom + 16, "middle",
                       fmt::format("{:.6g}", std::abs(tick) < step / 1e6 ? 0 : tick));
    }
    return svg;
}

std::string document(const std::string& title, double height, const std::string& body) {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" "
        "role=\"img\" aria-label=\"{2}\" class=\"plot\">\n"
        "<style>.plot{{color:#1b1b1b;font:13px system-ui,sans-serif}}.plot text{{fill:currentColor}}"
        ".plot .grid{{stroke:currentColor;stroke-opacity:.18}}"
        "@media(prefers-color-scheme:dark){{.plot{{color:#eaeaea}}}}</style>\n"
        "<title>{2}</title>\n{3}{4}</svg>\n",
        width, height, escape_markup(title), text_at(8, 18, "start", title), body);
}

std::string shortened(const std::string& label) {
    constexpr std::size_t longest = 26;
    std::size_t end = std::min(label.size(), longest);
    while (end < label.size() && (static_cast<unsigned char>(label[end]) & 0xC0) == 0x80) --end;
    return end == label.size() ? label : label.substr(0, end) + "…";
}

std::string drawn(const IntervalPlot& plot) {
    const auto& points = plot.points;
    double low = points.front().value, high = low;
    for (const auto& point : points) {
        std::vector<double> all = point.dots;
        all.push_back(point.value);
        if (point.interval) all.insert(all.end(), {point.interval->low, point.interval->high});
        low = std::min(low, *std::min_element(all.begin(), all.end()));
        high = std::max(high, *std::max_element(all.begin(), all.end()));
    }
    const double end = top + line_height * static_cast<double>(points.size());
    const Scale x = scale_of(low, high, left, width - right);
    std::string body = ticks_along_x(x, top, end);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& point = points[i];
        const double y = top + line_height * (static_cast<double>(i) + 0.5);
        body += text_at(left - 8, y + 4, "end", shortened(point.label));
        if (point.interval)
            body += fmt::format(
                "<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"2\"/>\n",
                x.at(point.interval->low), x.at(point.interval->high), y, y, colour_of(1));
        for (const double dot : point.dots)
            body += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\" fill-opacity=\".55\"/>\n",
                                x.at(dot), y, colour_of(0));
        body += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\" stroke-width=\"3\"/>\n",
            x.at(point.value), y - 7, y + 7, colour_of(1));
    }
    return document(plot.title, end + bottom,
                    body + text_at((left + width - right) / 2, end + 36, "middle", plot.axis));
}

std::string drawn(const BarPlot& plot) {
    const auto& bars = plot.bars;
    double high = 0;
    for (const auto& bar : bars) high = std::max(high, bar.value);
    const double end = top + line_height * static_cast<double>(bars.size());
    const Scale x{0, high > 0 ? high * 1.12 : 1, left, width - right};
    std::string body = ticks_along_x(x, top, end);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double y = top + line_height * (static_cast<double>(i) + 0.5);
        body += text_at(left - 8, y + 4, "end", shortened(bars[i].label));
        body += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"14\" fill=\"{}\"/>\n", left,
                            y - 7, x.at(bars[i].value) - left, colour_of(0));
        body += text_at(x.at(bars[i].value) + 4, y + 4, "start", fmt::format("{:.4g}", bars[i].value));
    }
    return document(plot.title, end + bottom,
                    body + text_at((left + width - right) / 2, end + 36, "middle", plot.axis));
}

std::string drawn(const XyPlot& plot) {
    const auto& [title, x_axis, y_axis, series, ticks, joined] = plot;
    double low_x = 0, high_x = 0, low_y = 0, high_y = 0;
    bool first = true;
    for (const auto& each : series)
        for (const auto& [x, y] : each.points) {
            low_x = first ? x : std::min(low_x, x);
            high_x = first ? x : std::max(high_x, x);
            low_y = first ? y : std::min(low_y, y);
            high_y = first ? y : std::max(high_y, y);
            first = false;
        }
    constexpr double plot_bottom = 280, key_left = 540, axis_left = 70;
    const Scale x = scale_of(low_x, high_x, axis_left, key_left - 20), y = scale_of(low_y, high_y, plot_bottom, top);
    std::string body;
    if (ticks.empty()) body += ticks_along_x(x, top, plot_bottom);
    const std::size_t every = ticks.size() / 6 + 1;
    for (std::size_t i = 0; i < ticks.size(); i += every)
        body += text_at(x.at(static_cast<double>(i)), plot_bottom + 16, "middle", ticks[i]);
    const double step = tick_step(y.high - y.low);
    for (double tick = std::ceil(y.low / step) * step; tick <= y.high; tick += step) {
        body += fmt::format("<line class=\"grid\" x1=\"{1:.1f}\" x2=\"{2:.1f}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>\n",
                            y.at(tick), axis_left, key_left - 20);
        body += text_at(axis_left - 6, y.at(tick) + 4, "end", fmt::format("{:.6g}", tick));
    }
    for (std::size_t i = 0; i < series.size(); ++i) {
        std::string path;
        for (const auto& [px, py] : series[i].points) {
            path += fmt::format("{:.1f},{:.1f} ", x.at(px), y.at(py));
            body += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x.at(px), y.at(py),
                                colour_of(i));
        }
        if (joined == Joined::lines)
            body += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", path,
                                colour_of(i));
        const double row = top + 18 * static_cast<double>(i) + 8;
        body += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", key_left, row, colour_of(i));
        body += text_at(key_left + 10, row + 4, "start", shortened(series[i].label));
    }
    body += text_at((axis_left + key_left) / 2, plot_bottom + 36, "middle", x_axis) +
            text_at(8, plot_bottom + 36, "start", y_axis);
    const double height = std::max(plot_bottom + bottom, top + 18 * static_cast<double>(series.size()) + 20);
    return document(title, height, body);
}

}  // namespace

std::string to_svg(const Plot& plot) {
    return is_empty(plot) ? std::string() : std::visit([](const auto& each) { return drawn(each); }, plot);
}

}  // namespace dsqbench
