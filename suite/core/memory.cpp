#include "suite/core/memory.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 1 << 20;
constexpr std::uint64_t bytes_per_kib = 1024;

// "" when it cannot be read.
std::string content(const fs::path& path) {
    try {
        return read_file(path, largest_file);
    } catch (const Error&) {
        return {};
    }
}

// The number that `text` begins with, after blanks.
std::optional<std::uint64_t> number_in(std::string_view text) {
    text = trim(text);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::optional(number) : std::nullopt;
}

// Of the line that begins with `key`: "MemAvailable:  6291456 kB", "inactive_file 4096".
std::optional<std::uint64_t> number_after(const std::string& text, const std::string& key) {
    for (const auto& line : split(text, '\n'))
        if (line.starts_with(key)) return number_in(std::string_view(line).substr(key.size()));
    return std::nullopt;
}

// How a version of control groups names things.
struct GroupFiles {
    const char *mount, *limit, *taken, *inactive_files, *active_files;
};

constexpr GroupFiles version_1{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_inactive_file ", "total_active_file "};
constexpr GroupFiles version_2{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ", "active_file "};

void keep_least(std::optional<std::uint64_t>& least, const std::optional<std::uint64_t>& other) {
    if (other && (!least || *other < *least)) least = other;
}

// nullopt for a group without a limit, or that is not there.
std::optional<std::uint64_t> left_in(const fs::path& group, const GroupFiles& files) {
    const auto limit = number_in(content(group / files.limit)), taken = number_in(content(group / files.taken));
    if (!limit || !taken) return std::nullopt;  // "max" is no number
    const std::string statistics = content(group / "memory.stat");
    const std::uint64_t cached = number_after(statistics, files.inactive_files).value_or(0) +
                                 number_after(statistics, files.active_files).value_or(0);
    const std::uint64_t held = *taken - std::min(*taken, cached);
    return *limit - std::min(*limit, held);
}

// The least of the group and all those that it lies in. In a container the path may be one of the machine outside: then
// only the mounted folder itself is there, which is the container's own.
std::optional<std::uint64_t> left_up_from(const fs::path& root, const std::string& path, const GroupFiles& files) {
    std::optional<std::uint64_t> least;
    fs::path group;
    const auto look = [&] { keep_least(least, left_in(root / files.mount / group, files)); };
    look();
    for (const auto& part : fs::path(path).relative_path()) {
        if (part == "..") break;
        group /= part;
        look();
    }
    return least;
}

// Lines are "0::/user.slice" of version 2, and "7:memory:/job" or "7:cpu,memory:/job" of version 1.
std::optional<std::uint64_t> left_in_groups(const fs::path& root) {
    std::optional<std::uint64_t> least;
    for (const auto& line : split(content(root / "proc/self/cgroup"), '\n')) {
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        const auto controllers = split(line.substr(first + 1, second - first - 1), ',');
        const bool is_version_1 = std::find(controllers.begin(), controllers.end(), "memory") != controllers.end();
        if (!is_version_1 && line.substr(0, second) != "0:") continue;
        keep_least(least, left_up_from(root, line.substr(second + 1), is_version_1 ? version_1 : version_2));
    }
    return least;
}

}  // namespace

ResidentMemory resident_memory(const fs::path& root) {
    const std::string status = content(root / "proc/self/status");
    return {number_after(status, "VmRSS:").value_or(0) * bytes_per_kib,
            number_after(status, "VmHWM:").value_or(0) * bytes_per_kib};
}

std::optional<std::uint64_t> available_memory(const fs::path& root) {
    const auto kibibytes = number_after(content(root / "proc/meminfo"), "MemAvailable:");
    if (!kibibytes) return std::nullopt;
    const std::uint64_t available = *kibibytes * bytes_per_kib;
    return std::min(available, left_in_groups(root).value_or(available));
}

}  // namespace dsqbench
