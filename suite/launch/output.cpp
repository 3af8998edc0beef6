#include "suite/launch/output.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "suite/core/text.h"

namespace dsqbench {

std::vector<std::string> LineSplitter::take(std::string_view bytes) {
    std::vector<std::string> lines;
    for (auto newline = bytes.find('\n'); newline != std::string_view::npos; newline = bytes.find('\n')) {
        rest_ += bytes.substr(0, newline);
        bytes.remove_prefix(newline + 1);
        if (!dropping_ && rest_.size() <= longest_) lines.push_back(rest_);
        rest_.clear();
        dropping_ = false;
    }
    if (dropping_) return lines;
    rest_ += bytes;
    dropping_ = rest_.size() > longest_;
    if (dropping_) rest_.clear();
    return lines;
}

void Tail::take(std::string_view bytes) {
    bytes_ += bytes;
    // Cut at twice the limit, so that a chatty task costs a copy per `limit` bytes and not per read.
    if (bytes_.size() > 2 * limit_) bytes_.erase(0, bytes_.size() - limit_);
}

std::string Tail::last_lines(std::size_t count) const {
    std::string_view text = bytes_;
    if (text.size() > limit_) text.remove_prefix(text.size() - limit_);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    const auto lines = split(text, '\n');
    const std::size_t first = lines.size() - std::min(lines.size(), count);
    return join({lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()}, "\n");
}

namespace {

std::optional<ResidentMemory> memory_in(const nlohmann::json& report) {
    const auto memory = report.find("memory");
    if (memory == report.end() || !memory->is_object()) return std::nullopt;
    ResidentMemory resident;
    for (const auto& [name, bytes] : {std::pair{"now", &resident.now}, std::pair{"peak", &resident.peak}}) {
        const auto value = memory->find(name);
        if (value == memory->end() || !value->is_number_unsigned()) return std::nullopt;
        *bytes = value->get<std::uint64_t>();
    }
    return resident;
}

}  // namespace

std::optional<ProgressReport> parse_report(const std::string& line) {
    const auto value = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!value.is_object() || !value.contains("fraction") || !value["fraction"].is_number()) return std::nullopt;
    ProgressReport report;
    report.fraction = value["fraction"].get<double>();
    if (!std::isfinite(report.fraction)) return std::nullopt;
    if (value.contains("detail") && value["detail"].is_string()) report.detail = value["detail"].get<std::string>();
    report.memory = memory_in(value);
    if (value.contains("figures") && value["figures"].is_object())
        for (const auto& [name, figure] : value["figures"].items())
            if (figure.is_number()) report.figures[name] = figure.get<double>();
    for (char& c : report.detail)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return report;
}

}  // namespace dsqbench
