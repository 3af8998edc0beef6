#include "suite/core/error.h"
#include "suite/training/collectives.h"

#if DSQBENCH_GLOO
#include <cstdlib>
#ifndef USE_C10D_GLOO  // which some LibTorch exports, and the header that follows asks for
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif

namespace dsqbench {

#if DSQBENCH_GLOO

namespace {

using Gloo = c10d::ProcessGroupGloo;

std::shared_ptr<gloo::transport::Device> device_for(const std::string& address) {
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    if (interface != nullptr && *interface != '\0') return Gloo::createDeviceForInterface(interface);
    if (address == "127.0.0.1" || address == "localhost") return Gloo::createDeviceForHostname("127.0.0.1");
    return Gloo::createDefaultDevice();
}

}  // namespace

Collectives gloo_collectives(const Meeting& meeting) {
    auto options = Gloo::Options::create(meeting.patience);
    options->devices.push_back(device_for(meeting.ranks.address));
    return c10::make_intrusive<Gloo>(meeting.store, meeting.ranks.rank, meeting.ranks.count, options);
}

#else

Collectives gloo_collectives(const Meeting&) {
    throw Error(ExitCode::unavailable,
                "this dsqbench was built without Gloo, and trains on processors in one process only",
                "install Gloo's headers (libgloo-dev) and build again");
}

#endif

}  // namespace dsqbench
