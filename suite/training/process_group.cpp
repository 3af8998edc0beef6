#include "suite/training/process_group.h"

#include <fmt/format.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "suite/core/error.h"
#include "suite/training/collectives.h"

namespace dsqbench {

namespace {

using Work = c10::intrusive_ptr<c10d::Work>;

// Elements of all ranks together that Gloo sums by gathering them: two ranks then take 0.4 ms instead of 1.4 ms.
constexpr std::int64_t most_gathered = 65536;

// LibTorch 2.4 and later would have libuv serve the store, which Debian's is built without.
template <class Options>
Options without_libuv(Options options) {
    if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
    return options;
}

c10d::TCPStoreOptions store_options(const Ranks& ranks) {
    auto options = without_libuv(c10d::TCPStoreOptions());
    options.port = ranks.port;
    options.waitWorkers = false;
    return options;
}

// The first line: LibTorch appends a stack trace.
std::string text_of_exception(const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

[[noreturn]] void fail(const std::exception& error) {
    throw Error(ExitCode::failed, "another rank is gone: " + text_of_exception(error),
                "see its own message; all ranks started again go on from the last checkpoint");
}

template <class Collective>
void complete(Collective start) {
    try {
        start()->wait();
    } catch (const std::exception& error) {
        fail(error);
    }
}

class PendingSum : public ProcessGroup::Pending {
public:
    PendingSum(at::Tensor target, at::Tensor values, Work work)
        : target_(std::move(target)), values_(std::move(values)), work_(std::move(work)) {}

    void wait() override {
        complete([this] { return work_; });
        if (!values_.is_same(target_)) target_.copy_(values_);
    }

private:
    at::Tensor target_, values_;
    Work work_;
};

}  // namespace

struct Rendezvous::State {
    c10::intrusive_ptr<c10d::TCPStore> store;
};

Rendezvous::Rendezvous(const Ranks& ranks) : state_(std::make_unique<State>()) {
    c10d::TCPStoreOptions options = store_options(ranks);
    options.isServer = true;
    try {
        state_->store = c10::make_intrusive<c10d::TCPStore>(ranks.address, options);
    } catch (const std::exception& error) {
        throw Error(ExitCode::failed,
                    fmt::format("cannot listen on {}:{}: {}", ranks.address, ranks.port, text_of_exception(error)),
                    "choose a free port: MASTER_PORT, on all ranks");
    }
}

Rendezvous::~Rendezvous() = default;

struct ProcessGroup::State {
    Collectives collectives;
    at::Device device;  // where their tensors are

    // A contiguous copy there, as collectives work in place.
    at::Tensor copy(const at::Tensor& x) const {
        return x.detach().to(device, x.scalar_type(), /*non_blocking=*/false, /*copy=*/true).contiguous();
    }
};

ProcessGroup::ProcessGroup(const Ranks& ranks, const std::string& purpose, at::Device device,
                           std::chrono::seconds patience)
    : state_(new State{{}, device.is_cuda() ? device : at::kCPU}) {
    c10d::TCPStoreOptions options = store_options(ranks);
    options.timeout = patience;
    try {
        auto tcp = c10::make_intrusive<c10d::TCPStore>(ranks.address, options);
        auto store = c10::make_intrusive<c10d::PrefixStore>(ranks.attempt + "/" + purpose, std::move(tcp));
        const Meeting meeting{ranks, std::move(store), patience};
        state_->collectives = device.is_cuda() ? nccl_collectives(meeting, device) : gloo_collectives(meeting);
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        throw Error(ExitCode::failed,
                    fmt::format("rank {} of {} does not find the others at {}:{}: {}", ranks.rank, ranks.count,
                                ranks.address, ranks.port, text_of_exception(error)),
                    "are all ranks started, with the same MASTER_ADDR and MASTER_PORT?");
    }
}

ProcessGroup::~ProcessGroup() = default;

int ProcessGroup::rank() const {
    return state_->collectives->getRank();
}
int ProcessGroup::ranks() const {
    return state_->collectives->getSize();
}

at::Tensor ProcessGroup::gather(const at::Tensor& x) const {
    std::vector<at::Tensor> mine{state_->copy(x)};
    std::vector<std::vector<at::Tensor>> all(1);
    for (int i = 0; i < ranks(); ++i) all[0].push_back(at::empty_like(mine[0]));
    complete([&] { return state_->collectives->allgather(all, mine); });
    return at::stack(all[0]).to(x.device());
}

at::Tensor ProcessGroup::sum(const at::Tensor& x) const {
    // Gloo's sum takes several rounds of messages, which is what a small tensor's time goes into.
    if (state_->device.is_cpu() && x.numel() * ranks() <= most_gathered)
        return gather(x).sum(0, /*keepdim=*/false, x.scalar_type());
    std::vector<at::Tensor> values{state_->copy(x)};
    complete([&] { return state_->collectives->allreduce(values); });
    return values[0].to(x.device());
}

void ProcessGroup::broadcast(at::Tensor x) const {
    std::vector<at::Tensor> values{state_->copy(x)};
    complete([&] { return state_->collectives->broadcast(values); });
    if (rank() != 0) x.detach().copy_(values[0]);
}

void ProcessGroup::barrier() const {
    complete([&] { return state_->collectives->barrier(); });
}

std::unique_ptr<ProcessGroup::Pending> ProcessGroup::start_sum(at::Tensor x) const {
    const bool is_in_place = x.device() == state_->device && x.is_contiguous();
    std::vector<at::Tensor> values{is_in_place ? x : state_->copy(x)};
    Work work;
    try {
        work = state_->collectives->allreduce(values);
    } catch (const std::exception& error) {
        fail(error);
    }
    return std::make_unique<PendingSum>(x, values[0], std::move(work));
}

}  // namespace dsqbench
