#include "suite/cli/probe_record.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>

#include "suite/core/cache_folder.h"
#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/record/machine.h"

namespace dsqbench {

namespace {

std::filesystem::path default_file() {
    const auto folder = user_cache_folder();
    return folder.empty() ? folder : folder / ("probe-" + machine_name() + ".txt");
}

}  // namespace

ProbeRecord::ProbeRecord() : file_(default_file()) {}

std::optional<double> ProbeRecord::read() const {
    if (file_.empty()) return std::nullopt;
    std::error_code unknown;
    const auto age = std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(file_, unknown);
    if (unknown || age > std::chrono::hours(1)) return std::nullopt;
    try {
        const std::string text = read_file(file_, 64);
        const double value = std::strtod(text.c_str(), nullptr);
        if (std::isfinite(value) && value > 0) return value;
    } catch (const Error&) {
        // None yet.
    }
    return std::nullopt;
}

void ProbeRecord::write(double nanoseconds) const {
    if (file_.empty()) return;
    try {
        write_file_atomically(file_, std::to_string(nanoseconds) + "\n");
    } catch (const Error&) {
        // A home that cannot be written is no reason to lose a benchmark.
    }
}

}  // namespace dsqbench
