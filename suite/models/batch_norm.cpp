#include "suite/models/batch_norm.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "suite/blocked/shared_state.h"

namespace dsqbench {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Group = std::shared_ptr<const RankGroup>;

// RankGroup::gather() with its gradient. Ranks average the gradients of their own losses in the end, so what a rank
// owes to its x is the sum of what all of them found for it.
struct GatherFunction : torch::autograd::Function<GatherFunction> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const Group& group) {
        blocked::keep_state(*context, group);
        return group->gather(x);
    }

    static variable_list backward(AutogradContext* context, const variable_list& upstream) {
        const Group group = blocked::kept_state<Group>(*context)->state;
        return {group->sum(upstream[0]).select(0, group->rank()), at::Tensor()};
    }
};

}  // namespace

BatchNorm2d::BatchNorm2d(std::int64_t channels) {
    weight = register_parameter("weight", at::ones({channels}));
    bias = register_parameter("bias", at::zeros({channels}));
    running_mean = register_buffer("running_mean", at::zeros({channels}));
    running_var = register_buffer("running_var", at::ones({channels}));
    num_batches_tracked = register_buffer("num_batches_tracked", at::zeros({}, at::kLong));
}

void BatchNorm2d::reset_running_stats() {
    running_mean.zero_();
    running_var.fill_(1);
    num_batches_tracked.zero_();
}

at::Tensor BatchNorm2d::forward(const at::Tensor& x) {
    if (!is_training() || !group_)
        return at::batch_norm(x, weight, bias, running_mean, running_var, is_training(),
                              is_training() ? weight_of_newest() : 0, epsilon, at::globalContext().userEnabledCuDNN());
    const std::vector<std::int64_t> pixels{0, 2, 3};
    const Statistics local{x.mean(pixels), x.var(pixels, /*unbiased=*/false)};
    const auto [scale, shift] = affine(observe(local, x.numel() / x.size(1)));
    return x * scale.view({1, -1, 1, 1}) + shift.view({1, -1, 1, 1});
}

blocked::Feature BatchNorm2d::forward(const blocked::Convolved& x, blocked::Rectified rectified) {
    Statistics statistics{running_mean, running_var};
    if (is_training()) statistics = observe({x.mean, x.variance}, x.values.numel() / x.mean.numel());
    const auto [scale, shift] = affine(statistics);
    blocked::Feature feature;
    feature.values = x.values;
    feature.scale = scale;
    feature.shift = shift;
    feature.rectified = rectified;
    feature.extremes = x.extremes;
    return feature;
}

BatchNorm2d::Statistics BatchNorm2d::observe(const Statistics& local, std::int64_t count) {
    Statistics whole = local;
    if (group_) {
        const at::Tensor all = GatherFunction::apply(at::stack({local.mean, local.variance}), group_);
        const at::Tensor means = all.select(1, 0);
        whole.mean = means.mean(0);
        whole.variance = all.select(1, 1).mean(0) + (means - whole.mean).square().mean(0);
        count *= group_->ranks();
    }
    const at::NoGradGuard no_gradient;
    const double newest = weight_of_newest();
    const auto elements = static_cast<double>(count);
    running_mean.lerp_(whole.mean, newest);
    running_var.lerp_(whole.variance * (elements / std::max(1.0, elements - 1)), newest);
    return whole;
}

// Of the batch that is normalised now, which it counts.
double BatchNorm2d::weight_of_newest() {
    num_batches_tracked.add_(1);
    return momentum ? *momentum : 1 / num_batches_tracked.item<double>();
}

BatchNorm2d::Affine BatchNorm2d::affine(const Statistics& statistics) const {
    const at::Tensor scale = weight * (statistics.variance + epsilon).rsqrt();
    return {scale, bias - statistics.mean * scale};
}

}  // namespace dsqbench
