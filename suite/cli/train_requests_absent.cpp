#include "suite/cli/train_requests.h"

namespace dsqbench {

namespace {

[[noreturn]] void refuse() {
    throw Error(ExitCode::unavailable, "this dsqbench was built without LibTorch and cannot train",
                "build it with -DDSQBENCH_WITH_TORCH=ON");
}

}  // namespace

void check_requests(const std::vector<RunRequest>& /*requests*/, const Session& /*session*/) {
    refuse();
}

Trained train_requests(const std::vector<RunRequest>& /*requests*/, const LaunchArguments& /*arguments*/,
                       ProgressOf /*progress*/, const Session& /*session*/) {
    refuse();
}

}  // namespace dsqbench
