// The ranks that train one network together, over LibTorch's collectives (c10d): Gloo between
// processors, NCCL between GPUs.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "quantizers/rank_group.h"
#include "suite/launch/ranks.h"

namespace dsqbench {

// Where ranks find each other: rank 0 holds one while its processes come and go, unless the launcher does. Throws
// Error(failed) when the port is taken.
class Rendezvous {
public:
    explicit Rendezvous(const Ranks& ranks);
    ~Rendezvous();
    Rendezvous(const Rendezvous&) = delete;
    Rendezvous& operator=(const Rendezvous&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

class ProcessGroup : public RankGroup {
public:
    // Waits until the processes of all ranks have called with the same `purpose`, of which each is used once. Each
    // trains on its `device`: CUDA ones, with an index, no two ranks on the same, speak through NCCL, all others
    // through Gloo, over the network interface that GLOO_SOCKET_IFNAME names, else that of this host's name. Throws
    // Error(failed) after `patience`, Error(unavailable) where this dsqbench was built without either.
    ProcessGroup(const Ranks& ranks, const std::string& purpose, at::Device device = at::kCPU,
                 std::chrono::seconds patience = std::chrono::minutes(30));
    ~ProcessGroup() override;

    int rank() const override;
    int ranks() const override;
    at::Tensor gather(const at::Tensor& x) const override;
    at::Tensor sum(const at::Tensor& x) const override;

    // Rank 0's values into x of all.
    void broadcast(at::Tensor x) const;
    void barrier() const;

    // sum() into x, while this process goes on; x must not be touched before wait(). Waits at its end.
    class Pending {
    public:
        virtual ~Pending() = default;
        virtual void wait() = 0;
    };
    std::unique_ptr<Pending> start_sum(at::Tensor x) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dsqbench
