// The best speed of the noise probe when a benchmark last ended on this machine, kept between processes: one that
// starts beside a busy neighbour would calibrate its gate too high, and let everything pass. Older than an hour it says
// nothing: the clock changes with what else the machine does.
#pragma once

#include <filesystem>
#include <optional>

namespace dsqbench {

// In $XDG_CACHE_HOME/dsqbench or ~/.cache/dsqbench. Only a help: what cannot be read or written is passed over.
class ProbeRecord {
public:
    ProbeRecord();
    explicit ProbeRecord(std::filesystem::path file) : file_(std::move(file)) {}

    std::optional<double> read() const;  // nanoseconds
    void write(double nanoseconds) const;

private:
    std::filesystem::path file_;
};

}  // namespace dsqbench
