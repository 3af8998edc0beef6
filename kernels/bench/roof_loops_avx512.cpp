// AVX-VNNI and AVX-512. Table: AMD Zen 5 of servers (family 26, models 0 to 31) has vector units of 512 bits and starts
// as many instructions of that width as of 256: two vpdpbusd, vpshufb or vpopcntd and four additions a cycle, at most
// four vector instructions in all. Zen 4 (family 25 with AVX-512) has units of 256 bits, which a wide instruction takes
// twice: half as many.
#if defined(__x86_64__)
#include "kernels/api/instruction_set.h"
#include "kernels/bench/roof_loops.h"

// Twelve independent sums: two instructions a cycle with a latency of five take ten.
#define DSQBENCH_TWELVE(one) one(0) one(1) one(2) one(3) one(4) one(5) one(6) one(7) one(8) one(9) one(10) one(11)
#define DSQBENCH_SUMS \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13"
#define DSQBENCH_LOOP(name, isa, one)                                                                              \
    __attribute__((target(isa))) void name(long turns) {                                                           \
        for (long i = 0; i < turns; ++i) asm volatile(DSQBENCH_TWELVE(one) DSQBENCH_TWELVE(one)::: DSQBENCH_SUMS); \
    }
#define DSQBENCH_DOT_256(sum) "%{vex%} vpdpbusd %%ymm14, %%ymm15, %%ymm" #sum "\n "
#define DSQBENCH_DOT_512(sum) "vpdpbusd %%zmm14, %%zmm15, %%zmm" #sum "\n "
#define DSQBENCH_LOOK_UP(sum) "vpshufb %%zmm14, %%zmm15, %%zmm12\n vpaddb %%zmm12, %%zmm" #sum ", %%zmm" #sum "\n "
#define DSQBENCH_COUNT(sum) \
    "vpandd %%zmm14, %%zmm15, %%zmm12\n vpopcntd %%zmm12, %%zmm12\n vpaddd %%zmm12, %%zmm" #sum ", %%zmm" #sum "\n "

namespace dsqbench {
namespace {

DSQBENCH_LOOP(dot_256, "avx2", DSQBENCH_DOT_256)
DSQBENCH_LOOP(dot_512, "avx512f,avx512vnni", DSQBENCH_DOT_512)
DSQBENCH_LOOP(look_up_512, "avx512f,avx512bw", DSQBENCH_LOOK_UP)
DSQBENCH_LOOP(count_512, "avx512f,avx512vpopcntdq", DSQBENCH_COUNT)

constexpr double sums_a_turn = 24;

}  // namespace

std::vector<RoofLoop> wide_roof_loops(RelativeStarts starts) {
    const InstructionSets available = available_instruction_sets();
    std::vector<RoofLoop> loops;
    const auto add = [&](InstructionSet needed, const char* variant, double macs, bool per_bit, double nominal,
                         double sums_a_cycle, void (*run)(long)) {
        const double relative = needed == InstructionSet::avx_vnni ? starts.of_256_bits : starts.of_512_bits;
        if (available.contain(needed))
            loops.push_back({variant, macs * sums_a_turn, per_bit, nominal, macs * sums_a_cycle * relative, run});
    };
    add(InstructionSet::avx_vnni, "avx_vnni/dot_product", 32, false, 1, 2, dot_256);
    add(InstructionSet::avx_vnni, "avx_vnni/winograd", 32, false, 2.25, 2, dot_256);
    add(InstructionSet::avx512_vnni, "avx512_vnni/dot_product", 64, false, 1, 2, dot_512);
    add(InstructionSet::avx512_vnni, "avx512_vnni/winograd", 64, false, 2.25, 2, dot_512);
    add(InstructionSet::avx512, "avx512/dictionary", 256, true, 1, 2, look_up_512);
    // Three instructions a sum, four a cycle.
    add(InstructionSet::avx512_vpopcntdq, "avx512/popcount", 512, false, 1, 4.0 / 3.0, count_512);
    return loops;
}

}  // namespace dsqbench
#endif
