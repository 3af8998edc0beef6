// For a build without Gloo's headers: training in one process only.
#include "suite/core/error.h"
#include "suite/training/process_group.h"

namespace dsqbench {

namespace {
[[noreturn]] void refuse() {
    throw Error(ExitCode::unavailable, "this dsqbench was built without collectives and trains in one process only",
                "install Gloo's headers (libgloo-dev) and build again");
}
}  // namespace

struct Rendezvous::State {};
Rendezvous::Rendezvous(const Ranks&) {
    refuse();
}
Rendezvous::~Rendezvous() = default;

struct ProcessGroup::State {};
ProcessGroup::ProcessGroup(const Ranks&, const std::string&, std::chrono::seconds) {
    refuse();
}
ProcessGroup::~ProcessGroup() = default;
int ProcessGroup::rank() const {
    refuse();
}
int ProcessGroup::ranks() const {
    refuse();
}
at::Tensor ProcessGroup::gather(const at::Tensor&) const {
    refuse();
}
at::Tensor ProcessGroup::sum(const at::Tensor&) const {
    refuse();
}
void ProcessGroup::broadcast(at::Tensor) const {
    refuse();
}
void ProcessGroup::barrier() const {
    refuse();
}
std::unique_ptr<ProcessGroup::Pending> ProcessGroup::start_sum(at::Tensor) const {
    refuse();
}

}  // namespace dsqbench
