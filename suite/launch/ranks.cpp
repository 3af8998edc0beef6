#include "suite/launch/ranks.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "suite/core/error.h"
#include "suite/core/hash.h"

namespace dsqbench {

namespace {

constexpr const char* this_machine = "127.0.0.1";
// Where ports are taken from when no one names one: above the registered ones, below Linux's ephemeral ones.
constexpr std::uint64_t first_port = 20000, ports = 10000;
constexpr int most_ranks = 65536;

// The names that a launcher gives to the facts; null for what it does not say.
struct Launcher {
    const char *rank, *count;
    const char *rank_here, *ranks_here;  // on this machine
    const char* hosts;                   // of all ranks
    const char *job, *attempt;           // the same for all ranks; together, another for the next start
};
constexpr Launcher launchers[] = {
    {"RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", nullptr, "TORCHELASTIC_RUN_ID",
     "TORCHELASTIC_RESTART_COUNT"},
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE",
     nullptr, "PMIX_NAMESPACE", nullptr},
    {"PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", nullptr, "PMI_PORT", nullptr},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", nullptr, "SLURM_STEP_NODELIST", "SLURM_JOB_ID",
     "SLURM_STEP_ID"},
};

std::string value_of(const Environment& environment, const char* name) {
    const char* value = name == nullptr ? nullptr : environment(name);
    return value == nullptr ? "" : value;
}

int number(const Environment& environment, const char* name, int lowest, int highest) {
    const std::string text = value_of(environment, name);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= lowest && value <= highest) return value;
    throw Error(ExitCode::usage, fmt::format("{}='{}' is not a number from {} to {}", name, text, lowest, highest),
                "the launcher sets it; unset it to train in one process");
}

std::string address_of(const Environment& environment, const Launcher& launcher, int count) {
    if (const auto given = value_of(environment, "MASTER_ADDR"); !given.empty()) return given;
    if (const auto nodes = value_of(environment, launcher.hosts); !nodes.empty()) return first_host(nodes);
    const auto here = value_of(environment, launcher.ranks_here);
    if (here.empty() || here == std::to_string(count)) return this_machine;
    throw Error(ExitCode::usage,
                fmt::format("{} of {} ranks are on this machine, and MASTER_ADDR is not set", here, count),
                "set MASTER_ADDR to the host of rank 0, on all ranks");
}

std::uint16_t port_of(const Environment& environment, const Launcher& launcher) {
    if (!value_of(environment, "MASTER_PORT").empty())
        return static_cast<std::uint16_t>(number(environment, "MASTER_PORT", 1, 65535));
    // Two jobs of one machine shall not meet.
    const auto job = value_of(environment, launcher.job) + "." + value_of(environment, launcher.attempt);
    return static_cast<std::uint16_t>(first_port + std::stoul(sha256_hex(job).substr(0, 8), nullptr, 16) % ports);
}

}  // namespace

std::uint16_t free_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool is_found =
        listener >= 0 && ::bind(listener, generic, size) == 0 && ::getsockname(listener, generic, &size) == 0;
    if (listener >= 0) ::close(listener);
    if (!is_found) throw Error(ExitCode::failed, "this machine has no free port");
    return ntohs(address.sin_port);
}

std::string first_host(const std::string& nodes) {
    const auto bracket = nodes.find('['), comma = nodes.find(',');
    if (bracket == std::string::npos || comma < bracket) return nodes.substr(0, comma);
    const auto number_end = nodes.find_first_of("-,]", bracket), close = nodes.find(']', bracket);
    if (close == std::string::npos)
        throw Error(ExitCode::usage, "'" + nodes + "' is not a list of hosts", "set MASTER_ADDR to the host of rank 0");
    const auto suffix_end = nodes.find_first_of(",[", close);
    return nodes.substr(0, bracket) + nodes.substr(bracket + 1, number_end - bracket - 1) +
           nodes.substr(close + 1, suffix_end == std::string::npos ? suffix_end : suffix_end - close - 1);
}

std::optional<Ranks> launched_ranks(const Environment& environment) {
    for (const Launcher& launcher : launchers) {
        if (value_of(environment, launcher.rank).empty() || value_of(environment, launcher.count).empty()) continue;
        Ranks ranks;
        ranks.count = number(environment, launcher.count, 1, most_ranks);
        ranks.rank = number(environment, launcher.rank, 0, ranks.count - 1);
        if (ranks.count == 1) return std::nullopt;
        if (!value_of(environment, launcher.rank_here).empty())
            ranks.rank_here = number(environment, launcher.rank_here, 0, ranks.count - 1);
        ranks.address = address_of(environment, launcher, ranks.count);
        ranks.port = port_of(environment, launcher);
        ranks.launcher_listens = value_of(environment, "TORCHELASTIC_USE_AGENT_STORE") == "True";
        ranks.attempt = value_of(environment, launcher.attempt);
        return ranks;
    }
    return std::nullopt;
}

std::optional<Ranks> launched_ranks() {
    return launched_ranks([](const char* name) { return std::getenv(name); });
}

}  // namespace dsqbench
