// LibTorch's autocast, whose functions differ between 1.13 and 2.4: while it is on, convolutions and products of
// matrices compute in bfloat16 or float16 from float32 parameters, and what follows them keeps that type where it
// safely can.
#pragma once

#include <ATen/ATen.h>

#include <optional>

namespace dsqbench {

// On this thread.
bool is_autocast(at::DeviceType device);

// Autocast to `type`, or none at all, for as long as it lives, on this thread. For CPU and CUDA.
class AutocastRegion {
public:
    AutocastRegion(at::DeviceType device, std::optional<at::ScalarType> type);
    ~AutocastRegion();
    AutocastRegion(const AutocastRegion&) = delete;
    AutocastRegion& operator=(const AutocastRegion&) = delete;

private:
    at::DeviceType device_;
    bool was_on_;
    at::ScalarType type_before_;
};

}  // namespace dsqbench
