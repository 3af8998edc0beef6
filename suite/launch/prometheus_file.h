// How far the runs of a plan are, as a text file of Prometheus: for the textfile collector of its node_exporter, which
// reads *.prom files of a folder and wants each to change as a whole.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "suite/launch/output.h"
#include "suite/launch/plan.h"

namespace dsqbench {

class PrometheusFile {
public:
    // Of a run; no two runs may have the same. Values may hold anything, names are Prometheus's.
    using Labels = std::vector<std::pair<std::string, std::string>>;

    // Writes that all are waiting. Throws Error(failed) where the file cannot be written, as write() does.
    PrometheusFile(std::filesystem::path path, const std::vector<Labels>& runs);

    void reported(std::size_t run, const ProgressReport& report);
    void ended(std::size_t run, const TaskOutcome& outcome);

    // Has the file become older than what it tells by more than a scraper would notice?
    bool is_due() const;
    void write();

    std::string text() const;

private:
    struct Run {
        std::string labels;  // as they stand between the braces
        std::string state = "waiting";
        std::optional<ProgressReport> last;
    };
    std::filesystem::path path_;
    std::vector<Run> runs_;
    double written_ = 0;
    bool run_ended_ = false;
};

}  // namespace dsqbench
