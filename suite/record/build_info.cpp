#include "suite/record/build_info.h"

#include "commit.h"  // made at build time, see commit.cmake

namespace dsqbench {

BuildInfo build_info() {
    return {DSQBENCH_COMMIT, DSQBENCH_VERSION, DSQBENCH_COMPILER, DSQBENCH_BUILD_TYPE};
}

}  // namespace dsqbench
