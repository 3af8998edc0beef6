#include "suite/cli/plugins.h"
#include "suite/core/error.h"

namespace dsqbench {

std::vector<Plugin> list_plugins(const std::string& kind) {
    throw Error(ExitCode::unavailable, "this dsqbench was built without LibTorch and has no " + kind,
                "build it with -DDSQBENCH_WITH_TORCH=ON");
}

void check_recipe_plugins(const Recipe&) {}

}  // namespace dsqbench
