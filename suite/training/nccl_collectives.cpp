#include "suite/core/error.h"
#include "suite/training/collectives.h"

#if DSQBENCH_NCCL
#ifndef USE_C10D_NCCL  // which the header that follows asks for
#define USE_C10D_NCCL
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace dsqbench {

#if DSQBENCH_NCCL

namespace {

class Nccl : public c10d::ProcessGroupNCCL {
public:
    using c10d::ProcessGroupNCCL::ProcessGroupNCCL;
    ~Nccl() override { shutdown(); }  // it complains where its destructor has to
};

}  // namespace

Collectives nccl_collectives(const Meeting& meeting, at::Device gpu) {
    auto options = Nccl::Options::create();
    options->timeout = meeting.patience;
    auto nccl = c10::make_intrusive<Nccl>(meeting.store, meeting.ranks.rank, meeting.ranks.count, std::move(options));
    // It connects in the first collective.
    std::vector<at::Tensor> ones{at::ones({1}, gpu)};
    nccl->allreduce(ones)->wait();
    if (ones[0].item<int>() != meeting.ranks.count) throw std::runtime_error("NCCL's sum over the ranks is wrong");
    return nccl;
}

#else

Collectives nccl_collectives(const Meeting&, at::Device) {
    throw Error(ExitCode::unavailable, "this dsqbench was built without NCCL, and trains on one GPU only",
                "build with a LibTorch for CUDA and the NCCL headers that fit it, docs/gpu.md");
}

#endif

}  // namespace dsqbench
