#include "suite/training/device.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#if DSQBENCH_CUDA_PASSES
#include <cuda_runtime_api.h>
#endif

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// Devices of LibTorch's CUDA part, or -1 where this LibTorch has none.
int cuda_devices() {
    const auto* part = c10::impl::device_guard_impl_registry[static_cast<std::size_t>(at::kCUDA)].load();
    return part == nullptr ? -1 : part->deviceCount();
}

}  // namespace

void check_device(at::Device device) {
    if (!device.is_cuda()) return;
    const int there = cuda_devices();
    if (there < 0)
        throw Error(ExitCode::unavailable, "this dsqbench was built with a LibTorch without CUDA",
                    "build with one that has it: cmake --preset release -DTorch_DIR=DIR, docs/gpu.md");
    if (there == 0)
        throw Error(ExitCode::unavailable, "no GPU is to be seen on this machine",
                    "`nvidia-smi` lists them, CUDA_VISIBLE_DEVICES may hide them");
    if (device.has_index() && device.index() >= there)
        throw Error(ExitCode::unavailable, fmt::format("there is no GPU {}", static_cast<int>(device.index())),
                    fmt::format("this machine has {}, counted from 0", there));
}

std::string device_of_rank(const std::string& device, int rank_here) {
    const int there = cuda_devices();
    return device == "cuda" && there > 0 ? fmt::format("cuda:{}", rank_here % there) : device;
}

void use_device(at::Device device) {
    check_device(device);
    if (device.is_cuda() && device.has_index()) c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
}

std::string text_of(at::Device device) {
#if DSQBENCH_CUDA_PASSES
    cudaDeviceProp properties{};
    if (device.is_cuda() &&
        cudaGetDeviceProperties(&properties, device.has_index() ? device.index() : 0) == cudaSuccess)
        return device.str() + ", " + properties.name;
#endif
    return device.str();
}

at::Device device_of(const Network& network) {
    return network.parameters().front().device();
}

Batch on_device(const Batch& batch, at::Device device) {
    return {batch.images.to(device), batch.labels.to(device)};
}

}  // namespace dsqbench
