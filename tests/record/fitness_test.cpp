#include "suite/record/fitness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "suite/core/file_system.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

// A made-up machine: the files that differ from a good one.
std::map<std::string, Finding> examine(const std::map<std::string, std::string>& differences) {
    std::map<std::string, std::string> files{{"proc/cpuinfo", "model name : Board\nflags : fpu avx2 fma sse4_2\n"},
                                             {"proc/loadavg", "0.01 0.02 0.03 1/100 7\n"},
                                             {"proc/meminfo", "MemTotal:  8388608 kB\nMemAvailable: 6291456 kB\n"},
                                             {"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n"},
                                             {"sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n"},
                                             {"sys/devices/system/cpu/intel_pstate/no_turbo", "1\n"},
                                             {"sys/devices/system/cpu/smt/active", "0\n"},
                                             {"sys/fs/cgroup/cpu.max", "max 100000\n"},
                                             {"sys/fs/cgroup/memory.current", "4096\n"},
                                             {"proc/self/cgroup", "0::/\n"}};
    for (const auto& [path, text] : differences) files[path] = text;
    const TemporaryFolder root;
    for (const auto& [path, text] : files) write_file_atomically(root / path, text);
    std::map<std::string, Finding> findings;
    for (const auto& finding : machine_findings(root.path())) findings[finding.subject] = finding;
    return findings;
}

TEST(Fitness, finds_nothing_to_warn_of_on_a_quiet_machine) {
    for (const auto& [subject, finding] : examine({})) {
        EXPECT_EQ(finding.fitness, Fitness::ok) << subject << ": " << finding.found;
        EXPECT_EQ(finding.advice, "");
    }
    EXPECT_EQ(examine({})["instruction sets"].found, "sse4_2 avx2 fma");
    EXPECT_EQ(examine({})["memory"].found, "6.0 GiB of 8.0 free");
}

struct Flaw {
    std::string subject, path, content, found;
};

class FitnessFlaw : public testing::TestWithParam<Flaw> {};

TEST_P(FitnessFlaw, is_a_warning_with_advice_and_touches_nothing_else) {
    const Flaw& flaw = GetParam();
    for (const auto& [subject, finding] : examine({{flaw.path, flaw.content}})) {
        if (subject != flaw.subject) {
            EXPECT_NE(finding.fitness, Fitness::warning) << subject;
            continue;
        }
        EXPECT_EQ(finding.fitness, Fitness::warning);
        EXPECT_THAT(finding.found, testing::HasSubstr(flaw.found));
        EXPECT_NE(finding.advice, "");
    }
}

INSTANTIATE_TEST_SUITE_P(Each, FitnessFlaw,
                         testing::Values(Flaw{"governor", "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor",
                                              "powersave\n", "powersave"},
                                         Flaw{"turbo", "sys/devices/system/cpu/intel_pstate/no_turbo", "0\n", "on"},
                                         Flaw{"smt", "sys/devices/system/cpu/smt/active", "1\n", "on"},
                                         Flaw{"cpu quota", "sys/fs/cgroup/cpu.max", "150000 100000\n", "1.5 cores"},
                                         Flaw{"load", "proc/loadavg", "9999.5 1 1 1/1 1\n", "9999.50"},
                                         Flaw{"hypervisor", "proc/cpuinfo", "flags : avx2 hypervisor\n", "virtual"},
                                         Flaw{"memory", "sys/fs/cgroup/memory.max", "1073741824", "1.0 GiB of 8.0"},
                                         Flaw{"memory", "proc/meminfo",
                                              "MemTotal: 1048576 kB\nMemAvailable: 524288 kB\n", "0.5 GiB of 1.0"}),
                         [](const auto& info) {
                             std::string name = info.param.subject + " by " + info.param.found;
                             for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                             return name;
                         });

TEST(Fitness, says_so_when_the_system_does_not_tell) {
    const TemporaryFolder empty;
    for (const auto& finding : machine_findings(empty.path()))
        EXPECT_EQ(finding.fitness, Fitness::unknown) << finding.subject;
}

TEST(Fitness, names_the_folder_whose_disk_it_measured) {
    const TemporaryFolder folder;
    const Finding finding = disk_finding(folder / "not/yet/there");
    EXPECT_THAT(finding.found, testing::HasSubstr(folder.path().string()));
    EXPECT_NE(finding.fitness, Fitness::unknown);
}

TEST(Fitness, describes_this_build) {
    std::vector<std::string> subjects;
    for (const auto& finding : build_findings()) subjects.push_back(finding.subject);
    EXPECT_THAT(subjects, testing::ElementsAre("build type", "sanitizers", "commit"));
}

}  // namespace
}  // namespace dsqbench
