#include "suite/record/fitness.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/memory.h"
#include "suite/core/text.h"
#include "suite/record/build_info.h"
#include "suite/record/machine.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

constexpr double busy_load_per_core = 0.25;    // above this, something else is at work
constexpr double needed_memory_gib = 2;        // a run on CIFAR-10 holds about 1 GiB
constexpr double needed_disk_gib = 1;          // checkpoints of one comparison with five seeds
constexpr std::size_t largest_file = 1 << 24;  // /proc/cpuinfo of a thousand cores
constexpr double kib_per_gib = 1 << 20;
constexpr double bytes_per_gib = 1 << 30;

Finding ok(const std::string& subject, const std::string& found) {
    return {subject, Fitness::ok, found, ""};
}
Finding unknown(const std::string& subject) {
    return {subject, Fitness::unknown, "the system does not say", ""};
}
Finding warning(const std::string& subject, const std::string& found, const std::string& advice) {
    return {subject, Fitness::warning, found, advice};
}

// Trimmed; nothing when it cannot be read.
std::optional<std::string> content(const fs::path& path) {
    try {
        return std::string(trim(read_file(path, largest_file)));
    } catch (const Error&) {
        return {};
    }
}

double number(const std::string& text) {
    return std::strtod(text.c_str(), nullptr);
}

// The value of a "key : value" line.
std::string value_of(const std::string& text, const std::string& key) {
    for (const auto& line : split(text, '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string::npos && trim(line.substr(0, colon)) == key)
            return std::string(trim(line.substr(colon + 1)));
    }
    return {};
}

std::vector<fs::path> core_folders(const fs::path& root) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "sys/devices/system/cpu", error))
        if (fs::exists(entry.path() / "cpufreq", error)) folders.push_back(entry.path());
    return folders;
}

Finding governor(const fs::path& root) {
    std::size_t cores = 0;
    std::set<std::string> governors;
    for (const auto& folder : core_folders(root))
        if (const auto name = content(folder / "cpufreq/scaling_governor")) {
            governors.insert(*name);
            ++cores;
        }
    if (cores == 0) return unknown("governor");
    const std::string found = fmt::format("{} on {} cores", fmt::join(governors, ", "), cores);
    if (governors == std::set<std::string>{"performance"}) return ok("governor", found);
    return warning("governor", found, "cpupower frequency-set --governor performance");
}

Finding turbo(const fs::path& root) {
    const auto off = content(root / "sys/devices/system/cpu/intel_pstate/no_turbo");
    const auto on = content(root / "sys/devices/system/cpu/cpufreq/boost");
    if (!off && !on) return unknown("turbo");
    const bool enabled = off ? *off == "0" : *on == "1";
    if (!enabled) return ok("turbo", "off");
    return warning("turbo", "on",
                   "latencies depend on the temperature: switch it off, or compare medians of many runs");
}

Finding smt(const fs::path& root) {
    const auto active = content(root / "sys/devices/system/cpu/smt/active");
    if (!active) return unknown("smt");
    if (*active == "0") return ok("smt", "off");
    return warning("smt", "on",
                   "give --jobs the number of physical cores, and measure latencies with one thread a core");
}

Finding quota(const fs::path& root) {
    const auto text = content(root / "sys/fs/cgroup/cpu.max");
    if (!text) return unknown("cpu quota");
    const auto parts = split(*text, ' ');
    if (parts.size() != 2 || parts[0] == "max") return ok("cpu quota", "none");
    return warning("cpu quota", fmt::format("{:.1f} cores", number(parts[0]) / number(parts[1])),
                   "the kernel stops this container for part of each period: lift the quota to measure latencies");
}

Finding load(const fs::path& root) {
    const auto text = content(root / "proc/loadavg");
    if (!text) return unknown("load");
    const double average = number(*text);
    const std::string found = fmt::format("{:.2f} on {} cores", average, core_count());
    if (average <= busy_load_per_core * static_cast<double>(core_count())) return ok("load", found);
    return warning("load", found, "something else is running: wait for it, or stop it");
}

Finding hypervisor(const std::string& cpuinfo) {
    if (cpuinfo.empty()) return unknown("hypervisor");
    const auto flags = split(value_of(cpuinfo, "flags"), ' ');
    if (std::find(flags.begin(), flags.end(), "hypervisor") == flags.end()) return ok("hypervisor", "none seen");
    return warning("hypervisor", "a virtual machine",
                   "its neighbours disturb it: repeat latencies, and say so beside them");
}

Finding memory(const fs::path& root) {
    const auto text = content(root / "proc/meminfo");
    if (!text) return unknown("memory");
    const auto available = available_memory(root);
    if (!available) return unknown("memory");
    const double free = static_cast<double>(*available) / bytes_per_gib;
    const std::string found =
        fmt::format("{:.1f} GiB of {:.1f} free", free, number(value_of(*text, "MemTotal")) / kib_per_gib);
    if (free >= needed_memory_gib) return ok("memory", found);
    return warning("memory", found, "close something, or run with --jobs 1");
}

Finding instruction_sets(const std::string& cpuinfo) {
    // x86 says "flags", ARM says "Features".
    const std::string line = value_of(cpuinfo, "flags") + " " + value_of(cpuinfo, "Features");
    const auto flags = split(line, ' ');
    std::vector<std::string> known;
    for (const char* name :
         {"sse4_2", "avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx_vnni", "asimd", "asimddp", "i8mm"})
        if (std::find(flags.begin(), flags.end(), name) != flags.end()) known.push_back(name);
    if (known.empty()) return unknown("instruction sets");
    return ok("instruction sets", join(known, " "));
}

std::vector<std::string> sanitizers() {
    std::vector<std::string> names;
#if defined(__SANITIZE_ADDRESS__)
    names.push_back("address");
#endif
#if defined(__SANITIZE_THREAD__)
    names.push_back("thread");
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    names.push_back("address");
#endif
#if __has_feature(thread_sanitizer)
    names.push_back("thread");
#endif
#endif
    return names;
}

}  // namespace

std::string name_of(Fitness fitness) {
    switch (fitness) {
        case Fitness::ok:
            return "ok";
        case Fitness::warning:
            return "warning";
        case Fitness::unknown:
            return "unknown";
    }
    return {};
}

std::vector<Finding> machine_findings(const fs::path& root) {
    const std::string cpuinfo = content(root / "proc/cpuinfo").value_or("");
    return {governor(root), turbo(root),         smt(root),    quota(root),
            load(root),     hypervisor(cpuinfo), memory(root), instruction_sets(cpuinfo)};
}

std::vector<Finding> build_findings() {
    const BuildInfo build = build_info();
    const bool measures = build.build_type == "Release";
    const bool dirty = build.commit == "unknown" || build.commit.find("-dirty") != std::string::npos;
    const auto instrumented = sanitizers();
    return {
        measures ? ok("build type", build.build_type)
                 : warning("build type", build.build_type, "measure with the preset `release`"),
        instrumented.empty() ? ok("sanitizers", "none")
                             : warning("sanitizers", join(instrumented, ", "), "measure with the preset `release`"),
        dirty ? warning("commit", build.commit, "commit and build again, so that rows name the sources they came from")
              : ok("commit", build.commit)};
}

Finding disk_finding(const fs::path& folder) {
    fs::path existing = fs::absolute(folder);
    while (!fs::exists(existing) && existing.has_relative_path()) existing = existing.parent_path();
    std::error_code error;
    const fs::space_info space = fs::space(existing, error);
    if (error) return unknown("disk");
    const double free = static_cast<double>(space.available) / bytes_per_gib;
    const std::string found = fmt::format("{:.1f} GiB free in {}", free, existing.string());
    if (free >= needed_disk_gib) return ok("disk", found);
    return warning("disk", found, "free some space, or give --runs-dir a folder elsewhere");
}

}  // namespace dsqbench
