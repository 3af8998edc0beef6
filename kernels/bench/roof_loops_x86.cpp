// AVX2. Table: AMD Zen 3, 4 and 5 (families 25 and 26) start two vpmaddubsw, vpmaddwd or vpshufb and four additions a
// cycle, at most four vector instructions in all (measured with 48 independent ones a turn; Agner Fog's tables agree).
#if defined(__x86_64__)
#include <utility>

#include "kernels/api/instruction_set.h"
#include "kernels/api/processor_model.h"
#include "kernels/bench/roof_loops.h"

// Two instructions for each of eight accumulators; the products go round four registers.
#define DSQBENCH_PAIR(multiply, add, product, sum) \
    multiply " %%ymm14, %%ymm15, %%ymm" #product "\n " add " %%ymm" #product ", %%ymm" #sum ", %%ymm" #sum "\n "
#define DSQBENCH_EIGHT(multiply, add)   \
    DSQBENCH_PAIR(multiply, add, 12, 0) \
    DSQBENCH_PAIR(multiply, add, 13, 1) \
    DSQBENCH_PAIR(multiply, add, 10, 2) \
    DSQBENCH_PAIR(multiply, add, 9, 3)  \
    DSQBENCH_PAIR(multiply, add, 12, 4) \
    DSQBENCH_PAIR(multiply, add, 13, 5) DSQBENCH_PAIR(multiply, add, 10, 6) DSQBENCH_PAIR(multiply, add, 9, 7)
#define DSQBENCH_LOOP(name, multiply, add)                                                                          \
    __attribute__((target("avx2"))) void name(long turns) {                                                         \
        for (long i = 0; i < turns; ++i)                                                                            \
            asm volatile(DSQBENCH_EIGHT(multiply, add) DSQBENCH_EIGHT(multiply, add) DSQBENCH_EIGHT(multiply, add)  \
                             DSQBENCH_EIGHT(multiply, add)::                                                        \
                                 : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm9", "xmm10", \
                                   "xmm12", "xmm13");                                                               \
    }

namespace dsqbench {
namespace {

DSQBENCH_LOOP(look_up_and_add, "vpshufb", "vpaddb")
DSQBENCH_LOOP(multiply_byte_pairs, "vpmaddubsw", "vpaddw")
DSQBENCH_LOOP(multiply_word_pairs, "vpmaddwd", "vpaddd")

constexpr double pairs_a_turn = 32;

// Families 25 and 26 of AMD.
RelativeStarts starts_of(const ProcessorModel& processor) {
    if (processor.family == 26 && processor.model < 32) return {1, 1};
    return processor.family == 25 ? RelativeStarts{1, 1 / wide_instruction_cost()} : RelativeStarts{};
}

}  // namespace

std::vector<RoofLoop> roof_loops() {
    if (!available_instruction_sets().contain(InstructionSet::avx2)) return {};
    // Two pairs of instructions a cycle.
    const ProcessorModel processor = processor_model();
    const double pairs_a_cycle = processor.family == 25 || processor.family == 26 ? 2 : 0;
    const auto loop = [&](const char* variant, double macs_a_pair, bool per_bit, double nominal, auto run) {
        return RoofLoop{variant, macs_a_pair * pairs_a_turn, per_bit, nominal, macs_a_pair * pairs_a_cycle, run};
    };
    std::vector<RoofLoop> loops{loop("avx2/dictionary", 128, true, 1, look_up_and_add),
                                loop("avx2/byte_pairs", 32, false, 1, multiply_byte_pairs),
                                loop("avx2/winograd", 32, false, 2.25, multiply_byte_pairs),
                                loop("avx2/word_pairs", 16, false, 1, multiply_word_pairs),
                                loop("avx2/winograd_words", 16, false, 2.25, multiply_word_pairs)};
    for (RoofLoop& wide : wide_roof_loops(starts_of(processor))) loops.push_back(std::move(wide));
    return loops;
}

}  // namespace dsqbench
#endif
