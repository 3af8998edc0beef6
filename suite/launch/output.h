// What a task writes, held in bounded memory: its stdout line by line, the end of its stderr.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/core/memory.h"

namespace dsqbench {

// Cuts a stream into lines. A line beyond `longest` bytes is dropped whole: no report of ours is that long.
class LineSplitter {
public:
    explicit LineSplitter(std::size_t longest = std::size_t{1} << 16) : longest_(longest) {}
    std::vector<std::string> take(std::string_view bytes);  // the lines that `bytes` completed

private:
    std::size_t longest_;
    std::string rest_;
    bool dropping_ = false;
};

// Keeps the last `limit` bytes.
class Tail {
public:
    explicit Tail(std::size_t limit = std::size_t{1} << 14) : limit_(limit) {}
    void take(std::string_view bytes);
    std::string last_lines(std::size_t count) const;  // without blank lines at the end

private:
    std::size_t limit_;
    std::string bytes_;
};

struct ProgressReport {
    double fraction = 0;
    std::optional<ResidentMemory> memory;
    std::map<std::string, double> figures;  // "loss", "top1" and the like
    std::string detail;                     // without control characters, so that it cannot move the cursor
};

// nullopt for a line that is no report.
std::optional<ProgressReport> parse_report(const std::string& line);

}  // namespace dsqbench
