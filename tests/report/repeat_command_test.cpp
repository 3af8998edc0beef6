#include "suite/report/repeat_command.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(RepeatCommand, names_quantizers_settings_and_seeds) {
    EXPECT_EQ(repeat_command("small", "dorefa/pact", {0, 3}),
              "dsqbench run --recipe small --quantizer dorefa/pact --seeds 0,3");
    EXPECT_EQ(repeat_command("small", "dsq model.width=8 training.epochs=3", {1}),
              "dsqbench run --recipe small --quantizer dsq --seeds 1 --set model.width=8 --set training.epochs=3");
    EXPECT_EQ(repeat_command("small", "dsq", {}), "dsqbench run --recipe small --quantizer dsq");
}

// A cell of one factor is called as its factor is, which is no quantizer.
TEST(RepeatCommand, of_a_cell_trains_its_design) {
    for (const char* cell : {"none", "era", "lsq+era"})
        EXPECT_EQ(repeat_command("ablations/small_era", cell, {0, 1}),
                  "dsqbench ablate --recipe ablations/small_era --seeds 0,1");
}

TEST(RepeatCommand, is_one_command_whatever_a_row_says) {
    EXPECT_EQ(repeat_command("a; rm -r x", "$(id)\n`id`", {}),
              "dsqbench run --recipe 'a; rm -r x' --quantizer '$(id)\n`id`'");
}

}  // namespace
}  // namespace dsqbench
