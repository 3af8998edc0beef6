#include "quantizers/autocast.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace dsqbench {

namespace {

bool has_autocast(at::DeviceType device) {
    return device == at::kCPU || device == at::kCUDA;
}

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
at::ScalarType type_of(at::DeviceType device) {
    return at::autocast::get_autocast_dtype(device);
}
void set(at::DeviceType device, bool on, at::ScalarType type) {
    at::autocast::set_autocast_enabled(device, on);
    at::autocast::set_autocast_dtype(device, type);
}
bool is_on(at::DeviceType device) {
    return at::autocast::is_autocast_enabled(device);
}
#else
at::ScalarType type_of(at::DeviceType device) {
    return device == at::kCUDA ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype();
}
void set(at::DeviceType device, bool on, at::ScalarType type) {
    if (device == at::kCUDA) {
        at::autocast::set_enabled(on);
        at::autocast::set_autocast_gpu_dtype(type);
    } else {
        at::autocast::set_cpu_enabled(on);
        at::autocast::set_autocast_cpu_dtype(type);
    }
}
bool is_on(at::DeviceType device) {
    return device == at::kCUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
}
#endif

}  // namespace

bool is_autocast(at::DeviceType device) {
    return has_autocast(device) && is_on(device);
}

AutocastRegion::AutocastRegion(at::DeviceType device, std::optional<at::ScalarType> type) : device_(device) {
    TORCH_CHECK(has_autocast(device), "autocast is for CPU and CUDA");
    was_on_ = is_on(device);
    type_before_ = type_of(device);
    set(device, type.has_value(), type.value_or(type_before_));
    at::autocast::increment_nesting();
}

AutocastRegion::~AutocastRegion() {
    // The copies of parameters that the region has made are of this step's values.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set(device_, was_on_, type_before_);
}

}  // namespace dsqbench
