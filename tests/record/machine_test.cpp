#include "suite/record/machine.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace dsqbench {
namespace {

TEST(MachineName, drops_what_vendors_decorate_the_model_with) {
    EXPECT_EQ(machine_name_of("AMD EPYC 7B13 64-Core Processor", 2), "amd-epyc-7b13-2c");
    EXPECT_EQ(machine_name_of("Intel(R) Xeon(R) CPU @ 2.20GHz", 16), "intel-xeon-16c");
    EXPECT_EQ(machine_name_of("Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz", 8), "intel-core-i7-8550u-8c");
    EXPECT_EQ(machine_name_of("Raspberry Pi 3 Model B Plus Rev 1.3", 4), "raspberry-pi-3-model-b-plus-rev-1-3-4c");
}

TEST(MachineName, is_a_file_name_whatever_the_model_says) {
    EXPECT_EQ(machine_name_of("", 4), "unknown-4c");
    EXPECT_EQ(machine_name_of("../../etc", 1), "etc-1c");
    const std::string name = machine_name_of(std::string(500, 'x'), 128);
    EXPECT_EQ(name.size(), 64u);
    EXPECT_EQ(name, as_machine_name(name));
    EXPECT_EQ(as_machine_name(" My Board #2 "), "my-board-2");
    EXPECT_EQ(as_machine_name("///"), "");
}

TEST(MachineName, is_taken_from_the_environment_first) {
    ::setenv("DSQBENCH_MACHINE", "Lab Board/7", 1);
    EXPECT_EQ(machine_name(), "lab-board-7");
    ::unsetenv("DSQBENCH_MACHINE");
    EXPECT_EQ(machine_name(), machine_name_of(cpu_model(), core_count()));
}

TEST(CpuModel, is_found_on_x86_and_on_arm_boards) {
    EXPECT_EQ(cpu_model_in("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\nmodel name\t: other\n"),
              "AMD EPYC 7B13");
    EXPECT_EQ(cpu_model_in("processor\t: 0\nCPU part\t: 0xd03\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 3\n"),
              "Raspberry Pi 3");
    EXPECT_EQ(cpu_model_in("processor : 0\n"), "");
    EXPECT_EQ(cpu_model_in(""), "");
}

TEST(Machine, has_a_core_and_memory) {
    EXPECT_GE(core_count(), 1);
    EXPECT_GT(memory_bytes(), 1 << 20);
    EXPECT_FALSE(cpu_model().empty());
    EXPECT_EQ(kernel_release().substr(0, 6), "Linux ");
}

}  // namespace
}  // namespace dsqbench
