// A device that this machine does not have, for tests that nothing stays on the CPU by mistake: tensors of LibTorch's
// XPU kind, which Debian's LibTorch has no kernels for. Every operation computes on the CPU and gives its result back
// as a tensor of the device; one that mixes the two kinds fails or is counted, and their addresses are none of the
// CPU's, so that code which reads them as such ends there and then. It says nothing of CUDA's kernels, arithmetic or
// speed.
#include <ATen/EmptyTensor.h>
#include <ATen/NativeFunctions.h>
#include <ATen/native/CPUFallback.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <gtest/gtest.h>
#include <torch/library.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

#include "suite/training/calibration.h"
#include "suite/training/device.h"
#include "suite/training/layer_statistics.h"
#include "suite/training/network_state.h"
#include "suite/training/optimizer.h"
#include "suite/training/trick.h"

namespace dsqbench {
namespace {

constexpr at::DeviceType far_device = at::kXPU;

using DeviceGuard = c10::impl::NoOpDeviceGuardImpl<far_device>;

// No address of a program has this bit.
constexpr std::uintptr_t far_bit = std::uintptr_t{1} << 62;

// Of the C library, labelled with the device.
struct FarMemory : c10::Allocator {
#if TORCH_VERSION_MAJOR >= 2
    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        std::memcpy(to, from, bytes);
    }
    at::DataPtr allocate(std::size_t bytes) override {
        return labelled(bytes);
    }
#else
    at::DataPtr allocate(std::size_t bytes) const override {
        return labelled(bytes);
    }
#endif
    static at::DataPtr labelled(std::size_t bytes) {
        void* memory = std::malloc(std::max<std::size_t>(bytes, 1));
        const auto address = reinterpret_cast<std::uintptr_t>(memory) | far_bit;
        return {reinterpret_cast<void*>(address), memory, &std::free, at::Device(far_device, 0)};
    }
};

at::Allocator* memory() {
    static FarMemory memory;
    return &memory;
}

const c10::DispatchKeySet keys(c10::DispatchKey::XPU);

// The same memory as a tensor of the CPU.
at::Tensor near(const at::Tensor& x) {
    if (!x.defined() || x.device().type() != far_device) return x;
    const auto address = reinterpret_cast<std::uintptr_t>(x.data_ptr()) & ~far_bit;
    return at::from_blob(reinterpret_cast<void*>(address), x.sizes(), x.strides(), at::TensorOptions(x.scalar_type()));
}

at::Tensor far(const at::Tensor& x) {
    if (!x.defined()) return x;
    at::Tensor y = at::detail::empty_strided_generic(x.sizes(), x.strides(), memory(), keys, x.scalar_type());
    near(y).copy_(x);
    return y;
}

using Layout = c10::optional<at::Layout>;
using Type = c10::optional<at::ScalarType>;
using Place = c10::optional<at::Device>;
using Flag = c10::optional<bool>;

at::Tensor empty(at::IntArrayRef size, Type type, Layout, Place, Flag, c10::optional<at::MemoryFormat> format) {
    return at::detail::empty_generic(size, memory(), keys, type.value_or(at::kFloat), format);
}
at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride, Type type, Layout, Place, Flag) {
    return at::detail::empty_strided_generic(size, stride, memory(), keys, type.value_or(at::kFloat));
}
at::Tensor& copy(at::Tensor& to, const at::Tensor& from, bool) {
    near(to).copy_(near(from));
    return to;
}
at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
    near(to).copy_(near(from));
    return to;
}
const at::Tensor& resized(const at::Tensor& x, at::IntArrayRef size, c10::optional<at::MemoryFormat>) {
    if (x.sizes() == size) return x;
    const at::Tensor fresh = at::detail::empty_generic(size, memory(), keys, x.scalar_type(), c10::nullopt);
    x.unsafeGetTensorImpl()->set_storage_keep_dtype(fresh.storage());
    x.unsafeGetTensorImpl()->set_sizes_contiguous(size);
    return x;
}
at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
    resized(to, from.sizes(), c10::nullopt);
    near(to).copy_(near(from));
    return to;
}
at::Scalar number(const at::Tensor& x) {
    return near(x).item();
}
at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const c10::optional<at::Tensor>& bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef output_padding, std::int64_t groups) {
    const at::Tensor near_bias = bias ? near(*bias) : at::Tensor();
    return far(at::convolution(near(x), near(weight), near_bias, stride, padding, dilation, transposed, output_padding,
                               groups));
}
std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(const at::Tensor& upstream, const at::Tensor& x,
                                                                    const at::Tensor& weight, at::IntArrayRef stride,
                                                                    at::IntArrayRef padding, at::IntArrayRef dilation,
                                                                    bool transposed, at::IntArrayRef output_padding,
                                                                    std::int64_t groups, std::array<bool, 3> needs) {
    const auto [of_x, of_weight, of_bias] =
        at::convolution_backward(near(upstream), near(x), near(weight), c10::nullopt, stride, padding, dilation,
                                 transposed, output_padding, groups, needs);
    return {far(of_x), far(of_weight), far(of_bias)};
}
// Its schema does not say that it moves the running statistics, which a fallback therefore would not bring back.
std::tuple<at::Tensor, at::Tensor, at::Tensor> batch_norm(const at::Tensor& x, const c10::optional<at::Tensor>& weight,
                                                          const c10::optional<at::Tensor>& bias,
                                                          const c10::optional<at::Tensor>& mean,
                                                          const c10::optional<at::Tensor>& variance, bool training,
                                                          double momentum, double epsilon) {
    const auto in_near = [](const c10::optional<at::Tensor>& tensor) { return tensor ? near(*tensor) : at::Tensor(); };
    const auto [y, saved_mean, saved_deviation] = at::native_batch_norm(
        near(x), in_near(weight), in_near(bias), in_near(mean), in_near(variance), training, momentum, epsilon);
    return {far(y), far(saved_mean), far(saved_deviation)};
}

// A fallback brings no lists of tensors back.
std::vector<at::Tensor> sums_of_all(at::TensorList a, at::TensorList b, const at::Scalar& factor) {
    std::vector<at::Tensor> sums;
    for (std::size_t i = 0; i < a.size(); ++i) sums.push_back(far(near(a[i]).add(near(b[i]), factor)));
    return sums;
}
void add_to_all(at::TensorList to, at::TensorList from, const at::Scalar& factor) {
    for (std::size_t i = 0; i < to.size(); ++i) near(to[i]).add_(near(from[i]), factor);
}
void multiply_all(at::TensorList to, const at::Scalar& factor) {
    for (const at::Tensor& tensor : to) near(tensor).mul_(factor);
}
void zero_all(at::TensorList to) {
    for (const at::Tensor& tensor : to) near(tensor).zero_();
}

std::mutex mutex;
std::set<std::string> mixed;

void compute_near(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
    bool has_near = false, has_far = false;
    const auto look = [&](const at::Tensor& tensor) {
        if (!tensor.defined()) return;
        const bool is_far = tensor.device().type() == far_device;
        has_far = has_far || is_far;
        has_near = has_near || (!is_far && tensor.dim() > 0);
    };
    const auto arguments = operation.schema().arguments().size();
    for (std::size_t i = 0; i < arguments; ++i) {
        const c10::IValue& value = torch::jit::peek(*stack, i, arguments);
        if (value.isTensor()) look(value.toTensor());
        if (value.isTensorList())
            for (const at::Tensor& tensor : value.toTensorVector()) look(tensor);
    }
    if (has_near && has_far) {
        const std::scoped_lock lock(mutex);
        mixed.insert(operation.schema().name());
    }
    at::native::cpu_fallback(operation, stack);
}

// Operations that got tensors of both kinds, but for numbers of no dimension of the CPU, which LibTorch allows beside
// any device's tensors: by name.
std::vector<std::string> mixed_operations() {
    const std::scoped_lock lock(mutex);
    return {mixed.begin(), mixed.end()};
}

C10_REGISTER_GUARD_IMPL(XPU, DeviceGuard);

TORCH_LIBRARY_IMPL(_, XPU, library) {
    library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute_near>());
}

TORCH_LIBRARY_IMPL(aten, XPU, library) {
    library.impl("empty.memory_format", TORCH_FN(empty));
    library.impl("empty_strided", TORCH_FN(empty_strided));
    library.impl("copy_", TORCH_FN(copy));
    library.impl("_copy_from", TORCH_FN(copy_from));
    library.impl("_copy_from_and_resize", TORCH_FN(copy_from_and_resize));
    library.impl("resize_", TORCH_FN(resized));
    library.impl("_local_scalar_dense", TORCH_FN(number));
    library.impl("_foreach_add.List", TORCH_FN(sums_of_all));
    library.impl("_foreach_add_.List", TORCH_FN(add_to_all));
    library.impl("_foreach_mul_.Scalar", TORCH_FN(multiply_all));
    library.impl("_foreach_zero_", TORCH_FN(zero_all));
    // As pointers: with the undefined-behaviour sanitizer GCC 12 takes no function of a library for a constant.
    library.impl("view", &at::native::view);
    library.impl("as_strided", &at::native::as_strided_tensorimpl);
    library.impl("_reshape_alias", &at::native::_reshape_alias);
    library.impl("convolution_overrideable", TORCH_FN(convolution));
    library.impl("convolution_backward_overrideable", TORCH_FN(convolution_backward));
    library.impl("native_batch_norm", TORCH_FN(batch_norm));
}

std::shared_ptr<Network> network_of(const std::string& contender) {
    ModelSettings settings;
    settings.width = 8;
    settings.image_size = 16;
    const QuantizerPair pair = complete_pair(contender);
    settings.quantization.weight = pair.weight;
    settings.quantization.activation = pair.activation;
    settings.quantization.weight_bits = settings.quantization.activation_bits = 4;
    return make_network("resnet8", settings, 0);
}

// Two steps of training and an evaluation as the trainer makes them; all that is left behind, by name.
std::map<std::string, at::Tensor> trained(const std::string& contender, at::Device device, at::ScalarType type,
                                          const std::string& kind) {
    at::manual_seed(0);
    const Batch batch = on_device({at::rand({8, 3, 16, 16}).to(type), at::arange(8)}, device);
    const auto network = network_of(contender);
    network->to(type);
    network->to(device);
    calibrate(*network, batch.images);
    std::vector<OptimizedTensor> tensors;
    for (const auto& item : network->named_parameters()) tensors.push_back({item.key(), item.value(), 1e-4, 1.0});
    OptimizerSettings settings;
    settings.kind = kind;
    const auto optimizer = Optimizer::make(settings, tensors);
    // The images' gradient keeps the CPU's blocked layout away, whose sums have another order.
    const at::Tensor images = batch.images.clone().requires_grad_();
    NamedTricks tricks = make_tricks({{"label_smoothing", {{"amount", 0.1}}},
                                      {"loss_scaling", {{"scale", 1024.0}}},
                                      {"gradient_clipping", {{"norm", 1.0}}},
                                      {"ema", {{"decay", 0.5}}}},
                                     {});
    for (const auto& named : tricks) named.trick->attach(*network);
    network->train();
    for (int step = 0; step < 2; ++step) {
        const at::Tensor logits = forward_through(tricks, *network, images);
        at::Tensor loss = at::cross_entropy_loss(logits, batch.labels);
        for (const auto& named : tricks) loss = named.trick->loss(loss, {images, logits, batch.labels});
        if (const at::Tensor penalty = network->penalty(); penalty.defined()) loss = loss + penalty;
        optimizer->zero_grad();
        scaled_loss(tricks, loss).backward();
        EXPECT_EQ(before_step(tricks, *network), StepChoice::made);
        optimizer->step(0.01);
        network->project();
        for (const auto& named : tricks) named.trick->after_step(*network);
    }
    LayerStatistics statistics;
    statistics.measure(*network, batch);
    std::map<std::string, at::Tensor> codes;
    for (const auto& [layer, tensor] : statistics.codes()) codes.emplace(layer, tensor.to(at::kCPU));
    statistics.restore(codes);  // as from a checkpoint
    statistics.measure(*network, batch);
    std::map<std::string, at::Tensor> left;
    for (const auto& [name, tensor] : network_tensors(*network)) {
        EXPECT_EQ(tensor.device(), batch.images.device()) << name;
        left.emplace(name, tensor);
    }
    for (const auto& [name, tensor] : optimizer->state())
        if (tensor.dim() > 0) {
            EXPECT_EQ(tensor.device(), batch.images.device()) << name;
            left.emplace(name, tensor);
        }
    network->eval();
    left.emplace("logits", network->forward(images).detach());
    return left;
}

class FarDevice : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
#if defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "the thread that LibTorch makes for a device's backward pass synchronises unseen";
#endif
    }
};

TEST_P(FarDevice, trains_every_contender_as_the_cpu_does_and_mixes_nothing) {
    // In float64 the CPU makes the same operations. In float32 it has fused passes, which round otherwise and whose
    // roundings now and then take another code.
    for (const auto& [type, tolerance] : {std::pair(at::kDouble, 1e-12), std::pair(at::kFloat, 0.1)})
        for (const std::string optimizer : {"sgd", "adam"}) {
            const auto near_end = trained(GetParam(), at::kCPU, type, optimizer);
            const auto far_end = trained(GetParam(), at::Device(far_device, 0), type, optimizer);
            ASSERT_EQ(near_end.size(), far_end.size());
            for (const auto& [name, tensor] : near_end) {
                const at::Tensor there = far_end.at(name).to(at::kCPU).to(at::kDouble), here = tensor.to(at::kDouble);
                EXPECT_LE((here - there).norm().item<double>(), tolerance * (1e-2 + here.norm().item<double>()))
                    << name << " " << optimizer << " " << at::toString(type);
            }
        }
    EXPECT_EQ(mixed_operations(), std::vector<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Contenders, FarDevice, testing::ValuesIn(Registry<QuantizerEntry>::instance().names()),
                         [](const auto& info) {
                             std::string name = info.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(FarDeviceItself, notices_operations_that_mix) {
    const at::Tensor there = at::ones({2}).to(at::Device(far_device, 0));
    EXPECT_EQ(there.device().type(), far_device);
    EXPECT_EQ((there + there).to(at::kCPU).sum().item<double>(), 4);
    try {
        there.dot(at::ones({2}));
        EXPECT_EQ(mixed_operations(), std::vector<std::string>{"aten::dot"});
    } catch (const c10::Error&) {
    }
    const std::scoped_lock lock(mutex);
    mixed.clear();
}

}  // namespace
}  // namespace dsqbench
