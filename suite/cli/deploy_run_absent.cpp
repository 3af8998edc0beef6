#include "suite/cli/deploy_run.h"
#include "suite/core/error.h"

namespace dsqbench {

namespace {

[[noreturn]] void refuse() {
    throw Error(ExitCode::unavailable, "this dsqbench was built without LibTorch and cannot read a training run",
                "deploy it elsewhere with --output FILE, and run that file here with --file FILE");
}

}  // namespace

RunDeployment deploy_run(const std::filesystem::path& /*run*/, const std::filesystem::path& /*data_root*/,
                         const deploy::ExecutorOptions& /*options*/, std::int64_t /*limit*/) {
    refuse();
}

TensorFile images_of_run(const std::filesystem::path& /*run*/, const std::filesystem::path& /*data_root*/) {
    refuse();
}

}  // namespace dsqbench
