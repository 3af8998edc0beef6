#include "kernels/portable/finish_lanes.h"
#include "kernels/x86/avx2.h"

namespace dsqbench {

DSQBENCH_AVX2 void finish_avx2(const FinishPlan& plan, const FinishTask& task) {
    finish_lanes(plan, task);
}

}  // namespace dsqbench
