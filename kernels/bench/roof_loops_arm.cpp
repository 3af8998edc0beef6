// Advanced SIMD. No table: how many vector instructions a core starts a cycle differs from one Cortex to the next, and
// a program cannot tell which it runs on; scripts/arm_bench asks llvm-mca for each.
#if defined(__aarch64__)
#include "kernels/bench/roof_loops.h"

#define DSQBENCH_REPEAT_16(one)                                                                                   \
    one(0) one(1) one(2) one(3) one(4) one(5) one(6) one(7) one(8) one(9) one(10) one(11) one(12) one(13) one(14) \
        one(15)
#define DSQBENCH_CLOBBERS \
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15"
#define DSQBENCH_LOOP(name, one)                                                                     \
    void name(long turns) {                                                                          \
        for (long i = 0; i < turns; ++i) asm volatile(DSQBENCH_REPEAT_16(one)::: DSQBENCH_CLOBBERS); \
    }
#define DSQBENCH_MLA(sum) "mla v" #sum ".16b, v16.16b, v17.16b\n "
#define DSQBENCH_SMLAL(sum) "smlal v" #sum ".8h, v16.8b, v17.8b\n "

namespace dsqbench {
namespace {

DSQBENCH_LOOP(multiply_accumulate, DSQBENCH_MLA)
DSQBENCH_LOOP(multiply_long, DSQBENCH_SMLAL)

}  // namespace

std::vector<RoofLoop> roof_loops() {
    return {{"neon/multiply_accumulate", 16 * 16, false, 1, 0, multiply_accumulate},
            {"neon/multiply_long", 16 * 8, false, 1, 0, multiply_long}};
}

}  // namespace dsqbench
#endif
