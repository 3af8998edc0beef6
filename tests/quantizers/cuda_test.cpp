// Kernels for GPUs against the passes for the CPU, which fused_test.cpp holds against tensor operations. Built where
// CUDA's compiler is; every test says that it was skipped where there is no GPU to run on.
#include "quantizers/fused.h"

#if DSQBENCH_CUDA_PASSES
#include <c10/cuda/CUDAFunctions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

class OnGpu : public testing::Test {
protected:
    void SetUp() override {
        if (c10::cuda::device_count() == 0) GTEST_SKIP() << "no GPU is to be seen";
    }
};

struct GpuSite {
    std::string name;
    QuantizerSettings settings;

    std::string text() const {
        return name + (settings.role == QuantizerRole::weight ? " weights " : " activations ") +
               std::to_string(settings.bits) + " bits " + std::to_string(settings.channels) + " channels";
    }
};

std::vector<GpuSite> gpu_sites() {
    std::vector<GpuSite> cases;
    for (const auto& name : Registry<QuantizerEntry>::instance().names()) {
        const QuantizerEntry& entry = Registry<QuantizerEntry>::instance().find(name);
        if (entry.highest_bits > 8) continue;  // the identity
        for (const int bits : {1, 2, 3, 4, 8}) {
            if (entry.weights)
                for (const std::int64_t channels : {0, 6})
                    cases.push_back({name, settings_of(QuantizerRole::weight, bits, {}, channels)});
            if (entry.activations) cases.push_back({name, settings_of(QuantizerRole::activation, bits)});
        }
        if (name == "dsq") cases.push_back({name, settings_of(QuantizerRole::activation, 2, {{"eq13", "soft"}})});
    }
    return cases;
}

void copy_state(Quantizer& from, Quantizer& to) {
    const at::NoGradGuard no_gradient;
    for (auto& parameter : to.named_parameters()) parameter.value().copy_(from.named_parameters()[parameter.key()]);
    for (auto& buffer : to.named_buffers()) buffer.value().copy_(from.named_buffers()[buffer.key()]);
}

// With the parameters and the tracked values of `near`, to the bit.
std::shared_ptr<Quantizer> on_gpu(const GpuSite& which, Quantizer& near, const at::Tensor& x) {
    auto far = calibrated(which.name, which.settings, x.cuda());
    copy_state(near, *far);
    return far;
}

double length_of(const at::Tensor& x) {
    return x.cpu().to(at::kDouble).norm().item<double>();
}

// Of several upstream gradients, one after the other in one vector.
using Gradients = std::map<std::string, at::Tensor>;
void append(Gradients& all, const Gradients& more) {
    for (const auto& [name, gradient] : more) {
        if (!gradient.defined()) continue;
        const at::Tensor values = gradient.detach().cpu().to(at::kDouble).flatten();
        all[name] = all.count(name) > 0 ? at::cat({all[name], values}) : values;
    }
}

// More elements than one wave of blocks takes, and no multiple of anything.
at::Tensor sample_for(const GpuSite& which) {
    const std::vector<std::int64_t> shape =
        which.settings.channels > 0 ? std::vector<std::int64_t>{6, 41, 3, 3} : std::vector<std::int64_t>{7, 13, 31, 47};
    const at::Tensor x = normal_sample(shape).to(at::kFloat);
    return which.settings.role == QuantizerRole::activation ? x.relu() : x * 0.1;
}

TEST_F(OnGpu, forward_is_the_grid_to_the_bit) {
    for (const GpuSite& which : gpu_sites()) {
        SCOPED_TRACE(which.text());
        const at::Tensor x = sample_for(which).cuda();
        const auto quantizer = calibrated(which.name, which.settings, x);
        const at::Tensor y = quantizer->forward(x);
        EXPECT_TRUE(y.is_cuda());
        EXPECT_TRUE(y.equal(quantizer->grid().dequantize(quantizer->grid().quantize(x))));
    }
}

TEST_F(OnGpu, forward_has_the_bits_of_the_cpu) {
    for (const GpuSite& which : gpu_sites()) {
        if (which.name == "dorefa" && which.settings.role == QuantizerRole::weight) continue;  // another tanh
        SCOPED_TRACE(which.text());
        const at::Tensor x = sample_for(which);
        const auto near = calibrated(which.name, which.settings, x), far = on_gpu(which, *near, x);
        near->eval();
        far->eval();
        EXPECT_TRUE(far->forward(x.cuda()).cpu().equal(near->forward(x)));
    }
}

// Sums of terms that nearly cancel: a kernel's differ from those of float64 by what the CPU's passes do.
TEST_F(OnGpu, gradients_are_as_near_to_those_of_float64_as_the_cpu_has_them) {
    for (const GpuSite& which : gpu_sites()) {
        SCOPED_TRACE(which.text());
        const at::Tensor x = sample_for(which);
        const auto near = calibrated(which.name, which.settings, x), far = on_gpu(which, *near, x);
        const auto wide = calibrated(which.name, which.settings, x.to(at::kDouble));
        copy_state(*near, *wide);
        for (const auto& quantizer : {near, far, wide}) quantizer->eval();
        Gradients of_cpu, of_gpu, true_ones;
        for (std::uint64_t draw = 2; draw < 6; ++draw) {
            const at::Tensor upstream = normal_sample(x.sizes().vec(), draw).to(at::kFloat);
            append(of_cpu, gradients_of(*near, x, upstream));
            append(of_gpu, gradients_of(*far, x.cuda(), upstream.cuda()));
            append(true_ones, gradients_of(*wide, x.to(at::kDouble), upstream.to(at::kDouble)));
        }
        ASSERT_EQ(of_gpu.size(), of_cpu.size());
        for (const auto& [name, gradient] : of_cpu) {
            const double error = length_of(of_gpu.at(name) - true_ones.at(name)),
                         of_float = length_of(gradient - true_ones.at(name));
            EXPECT_LE(error, 2 * of_float + 1e-5 * length_of(gradient)) << name << ", the CPU's " << of_float;
        }
    }
}

TEST_F(OnGpu, gradients_are_the_same_every_time) {
    const GpuSite which{"dsq", settings_of(QuantizerRole::activation, 2)};
    const at::Tensor x = sample_for(which).cuda(), upstream = normal_sample(x.sizes().vec(), 2).to(at::kFloat).cuda();
    const auto quantizer = calibrated(which.name, which.settings, x);
    const auto first = gradients_of(*quantizer, x, upstream), second = gradients_of(*quantizer, x, upstream);
    for (const auto& [name, gradient] : first) EXPECT_TRUE(gradient.equal(second.at(name))) << name;
}

TEST_F(OnGpu, another_order_of_dimensions_changes_nothing) {
    for (const std::string name : {"dsq", "ste", "pact", "lsq"}) {
        const GpuSite which{name, settings_of(QuantizerRole::activation, 2)};
        SCOPED_TRACE(which.text());
        const at::Tensor x = sample_for(which).cuda(), last = x.contiguous(at::MemoryFormat::ChannelsLast);
        const at::Tensor upstream = normal_sample(x.sizes().vec(), 2).to(at::kFloat).cuda();
        const auto quantizer = calibrated(name, which.settings, x);
        quantizer->eval();
        const at::Tensor y = quantizer->forward(last);
        EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
        EXPECT_TRUE(y.equal(quantizer->forward(x)));
        const auto expected = gradients_of(*quantizer, x, upstream);
        const auto found = gradients_of(*quantizer, last, upstream);  // of another layout than x
        EXPECT_TRUE(found.at("x").equal(expected.at("x")));
    }
}

TEST_F(OnGpu, valid_ranges_have_the_bits_of_the_cpu) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    for (const float l : {-1.0F, 0.0F, 0.3F, 1.0F, -3e30F, 1e-9F, nan, -infinity, infinity})
        for (const float u : {-2.0F, 0.0F, 0.3F, 1.0F, 3e30F, 1e-8F, nan, -infinity, infinity}) {
            const Range near = valid_range({at::full({}, l), at::full({}, u)});
            const Range far = valid_range({at::full({3}, l).cuda(), at::full({3}, u).cuda()});
            EXPECT_TRUE(at::equal(far.l.cpu().nan_to_num(7), near.l.expand({3}).nan_to_num(7))) << l << " " << u;
            EXPECT_TRUE(at::equal(far.u.cpu().nan_to_num(7), near.u.expand({3}).nan_to_num(7))) << l << " " << u;
        }
}

TEST_F(OnGpu, nan_stays_nan) {
    const at::Tensor x = at::full({5}, std::numeric_limits<float>::quiet_NaN()).cuda();
    const auto quantizer = calibrated("ste", settings_of(QuantizerRole::weight, 2), at::randn({5}).cuda());
    quantizer->eval();
    EXPECT_TRUE(at::isnan(quantizer->forward(x)).all().item<bool>());
}

}  // namespace
}  // namespace dsqbench
#endif
