#include "suite/core/memory.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "suite/core/file_system.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

constexpr std::uint64_t mib = 1 << 20;

// What a made-up machine has left, in MiB; -1 where it does not say.
std::int64_t left_of(const std::map<std::string, std::string>& files) {
    const TemporaryFolder root;
    for (const auto& [path, text] : files) write_file_atomically(root / path, text);
    const auto available = available_memory(root.path());
    return available ? static_cast<std::int64_t>(*available / mib) : -1;
}

using Files = std::map<std::string, std::string>;

Files machine(const Files& more = {}) {
    Files files{{"proc/meminfo", "MemTotal:       8388608 kB\nMemFree:  1024 kB\nMemAvailable:    6291456 kB\n"}};
    files.insert(more.begin(), more.end());
    return files;
}

Files group(const std::string& folder, std::uint64_t limit, std::uint64_t taken, std::uint64_t cached = 0) {
    const std::string place = "sys/fs/cgroup/" + folder + (folder.empty() ? "" : "/");
    return {{place + "memory.max", std::to_string(limit * mib) + "\n"},
            {place + "memory.current", std::to_string(taken * mib) + "\n"},
            {place + "memory.stat", "anon 1\ninactive_file " + std::to_string(cached * mib / 2) + "\nactive_file " +
                                        std::to_string(cached * mib / 2) + "\n"}};
}

Files joined(Files files, const std::vector<Files>& more) {
    for (const auto& each : more) files.insert(each.begin(), each.end());
    return files;
}

TEST(AvailableMemory, is_what_the_kernel_says_where_no_group_has_a_limit) {
    EXPECT_EQ(left_of(machine()), 6144);
    EXPECT_EQ(left_of(machine({{"proc/self/cgroup", "0::/user.slice\n"}})), 6144);
    EXPECT_EQ(left_of(machine({{"proc/self/cgroup", "0::/a\n"},
                               {"sys/fs/cgroup/a/memory.max", "max\n"},
                               {"sys/fs/cgroup/a/memory.current", "4096\n"}})),
              6144);
}

TEST(AvailableMemory, is_what_the_limit_of_a_group_leaves) {
    const Files here = machine({{"proc/self/cgroup", "0::/job/step\n"}});
    EXPECT_EQ(left_of(joined(here, {group("job/step", 2048, 512)})), 1536);
    EXPECT_EQ(left_of(joined(here, {group("job", 1024, 1000), group("job/step", 2048, 512)})), 24) << "of the job's";
    EXPECT_EQ(left_of(joined(here, {group("", 700, 100), group("job/step", 2048, 512)})), 600) << "a container's";
    EXPECT_EQ(left_of(joined(here, {group("other", 10, 10)})), 6144) << "of others";
    EXPECT_EQ(left_of(joined(here, {group("job", 100000, 10)})), 6144) << "more than there is";
}

// A loader reads 140 GB through the page cache, which fills any limit and is given back at once.
TEST(AvailableMemory, counts_cached_files_as_free) {
    EXPECT_EQ(left_of(joined(machine({{"proc/self/cgroup", "0::/job\n"}}), {group("job", 2048, 2048, 1500)})), 1500);
}

TEST(AvailableMemory, is_nothing_in_a_group_beyond_its_limit) {
    const Files here = machine({{"proc/self/cgroup", "0::/job\n"}});
    EXPECT_EQ(left_of(joined(here, {group("job", 1024, 1100)})), 0);
    EXPECT_EQ(left_of(joined(here, {group("job", 1024, 100, 200)})), 1024) << "figures of different moments";
}

TEST(AvailableMemory, knows_groups_of_version_1) {
    const Files group{{"sys/fs/cgroup/memory/job/memory.limit_in_bytes", std::to_string(1024 * mib)},
                      {"sys/fs/cgroup/memory/job/memory.usage_in_bytes", std::to_string(1000 * mib)},
                      {"sys/fs/cgroup/memory/job/memory.stat",
                       "inactive_file 5\ntotal_inactive_file " + std::to_string(100 * mib) + "\n"},
                      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"},
                      {"sys/fs/cgroup/memory/memory.usage_in_bytes", "4096\n"}};
    for (const std::string controllers : {"memory", "cpu,memory"})
        EXPECT_EQ(
            left_of(joined(machine({{"proc/self/cgroup", "9:pids:/x\n7:" + controllers + ":/job\n0::/x\n"}}), {group})),
            124);
}

TEST(AvailableMemory, in_a_container_is_of_the_container_where_the_path_is_the_machines) {
    for (const std::string path : {"/docker/0123", "/../../docker/0123"})
        EXPECT_EQ(left_of(joined(machine({{"proc/self/cgroup", "0::" + path + "\n"}}), {group("", 512, 12)})), 500);
}

TEST(AvailableMemory, is_unknown_where_the_system_does_not_say) {
    EXPECT_EQ(left_of({}), -1);
    EXPECT_EQ(left_of({{"proc/meminfo", "MemTotal: 8 kB\n"}}), -1);
    EXPECT_EQ(left_of({{"proc/meminfo", "MemAvailable: plenty\n"}}), -1);
    for (const std::string nonsense : {"", "::", "0::", "garbage", "0::/a:b/\n\n", "7:memory"})
        EXPECT_EQ(left_of(machine({{"proc/self/cgroup", nonsense}})), 6144) << nonsense;
}

TEST(ResidentMemory, is_read_from_the_process_and_grows_with_it) {
    const ResidentMemory before = resident_memory();
    EXPECT_GT(before.now, mib);
    EXPECT_GE(before.peak, before.now);
    {
        const std::vector<char> pages(64 * mib, 1);
        EXPECT_GE(resident_memory().now + mib, before.now + pages.size());
    }
    EXPECT_GE(resident_memory().peak + mib, before.now + 64 * mib);
}

}  // namespace
}  // namespace dsqbench
