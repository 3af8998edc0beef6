#include "suite/report/network_table.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

const Row ours{{"network", "resnet18"},
               {"variant", "dsqbench"},
               {"label", "random"},
               {"weights", "random"},
               {"weight_bits", 2},
               {"activation_bits", 2},
               {"batch", 1},
               {"threads", 1},
               {"median_ns", 5'250'000.0},
               {"p10_ns", 5'000'000.0},
               {"spread", 1.5},
               {"int8_ratio", 2.5},
               {"low_bit_weight_bytes", 1000},
               {"low_bit_float_bytes", 15'500},
               {"weight_bytes", 3'000'000},
               {"file_bytes", 3'400'000},
               {"memory_bytes", 9'000'000},
               {"samples", 40},
               {"rejected_samples", 3},
               {"check", "passed"},
               {"step_times", R"([{"name":"conv1","kernel":"k","median_ns":1500.0,"spread":1.0},)"
                              R"({"name":"fc","kernel":"k","median_ns":250.0,"spread":1.0}])"}};
const Row rival{{"network", "resnet18"},
                {"variant", "onednn/network_f32"},
                {"label", "onednn/network_f32"},
                {"implementation", "2.6.3"},
                {"weights", "constant"},
                {"weight_bits", 32},
                {"activation_bits", 32},
                {"batch", 1},
                {"threads", 1},
                {"check", "skipped"},
                {"check_reason", "another library's"},
                {"step_times", R"([{"name":"conv1","kernel":"","median_ns":9000.0,"spread":1.0},)"
                               R"({"name":"pool","kernel":"","median_ns":100.0,"spread":1.0}])"}};

TEST(NetworkTable, has_latency_ratios_and_sizes_of_each_row) {
    const std::string line = network_table({ours}).markdown();
    for (const char* cell : {"| random weights | W2A2 |", "| 5.250 | 5.000 |", "| 2.50x |", "| 15.5x |", "| 3000 |",
                             "| 3400 |", "| 9000 |", "| 40 (3) | passed |"})
        EXPECT_NE(line.find(cell), std::string::npos) << cell << " in " << line;
}

TEST(NetworkTable, names_the_rival_with_its_version_and_leaves_out_what_is_not_known) {
    const std::string line = network_table({rival}).markdown();
    EXPECT_NE(line.find("| onednn/network_f32 2.6.3 | f32 |"), std::string::npos) << line;
    EXPECT_NE(line.find("skipped: another library's"), std::string::npos) << line;
    EXPECT_EQ(line.find("0.0x"), std::string::npos) << line;
}

TEST(NetworkTable, names_a_trained_network_by_its_contender) {
    Row row = ours;
    row["weights"] = "trained";
    row["label"] = "dsq";
    EXPECT_NE(network_table({row}).markdown().find("| dsq | W2A2 |"), std::string::npos);
}

TEST(StepTable, puts_steps_of_one_name_into_one_line) {
    const std::string table = step_table({ours, rival}).markdown();
    EXPECT_NE(table.find("| conv1 | 1.5 | 9.0 |"), std::string::npos) << table;
    EXPECT_NE(table.find("| fc | 0.2 |"), std::string::npos) << table;
    EXPECT_EQ(table.find("conv1"), table.rfind("conv1"));
}

}  // namespace
}  // namespace dsqbench
