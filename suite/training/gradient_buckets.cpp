#include "suite/training/gradient_buckets.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <functional>

namespace dsqbench {

namespace {

using torch::autograd::variable_list;

// Called when a parameter's gradient of this pass is complete.
class GradientHook : public torch::autograd::FunctionPostHook {
public:
    explicit GradientHook(std::function<void()> action) : action_(std::move(action)) {}
    variable_list operator()(const variable_list& outputs, const variable_list&) override {
        action_();
        return outputs;
    }

private:
    std::function<void()> action_;
};

}  // namespace

struct GradientBuckets::State {
    struct Member {
        at::Tensor parameter;
        std::int64_t offset;  // in the bucket's values
        bool is_ready = false;
    };

    struct Bucket {
        at::Tensor values;  // [all elements]
        std::vector<Member> members;
        std::size_t ready = 0;
        std::unique_ptr<ProcessGroup::Pending> sum;

        bool has_room_for(const at::Tensor& parameter, std::int64_t bytes) const {
            const Member& last = members.back();
            const std::int64_t elements = last.offset + last.parameter.numel() + parameter.numel();
            return last.parameter.scalar_type() == parameter.scalar_type() &&
                   last.parameter.device() == parameter.device() &&
                   elements * static_cast<std::int64_t>(parameter.element_size()) <= bytes;
        }
    };

    std::shared_ptr<const ProcessGroup> group;
    std::vector<Bucket> buckets;
    std::size_t started = 0;  // sums start in the buckets' order, so that all ranks agree on it
    bool is_active = false;
    // Keep the nodes alive that the hooks hang on.
    std::vector<std::shared_ptr<torch::autograd::Node>> accumulators;

    static at::Tensor slot(const Bucket& bucket, const Member& member) {
        return bucket.values.narrow(0, member.offset, member.parameter.numel()).view_as(member.parameter);
    }

    void take(Bucket& bucket, Member& member) {
        if (!is_active || member.is_ready) return;
        const at::NoGradGuard no_gradient;
        slot(bucket, member).copy_(member.parameter.grad());
        member.is_ready = true;
        ++bucket.ready;
        while (started < buckets.size() && buckets[started].ready == buckets[started].members.size()) start_next();
    }

    void start_next() {
        Bucket& bucket = buckets[started++];
        bucket.sum = group->start_sum(bucket.values);
    }
};

GradientBuckets::GradientBuckets(const std::vector<at::Tensor>& parameters, std::shared_ptr<const ProcessGroup> group,
                                 std::int64_t bucket_bytes)
    : state_(std::make_shared<State>()) {
    state_->group = std::move(group);
    if (!state_->group) return;
    auto& buckets = state_->buckets;
    for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
        if (buckets.empty() || !buckets.back().has_room_for(*parameter, bucket_bytes)) buckets.emplace_back();
        auto& members = buckets.back().members;
        members.push_back({*parameter, members.empty() ? 0 : members.back().offset + members.back().parameter.numel()});
    }
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const State::Member& last = buckets[i].members.back();
        buckets[i].values = at::zeros({last.offset + last.parameter.numel()}, last.parameter.options());
        for (std::size_t j = 0; j < buckets[i].members.size(); ++j) {
            const auto node = torch::autograd::impl::grad_accumulator(buckets[i].members[j].parameter);
            const std::weak_ptr<State> state = state_;
            node->add_post_hook(std::make_unique<GradientHook>([state, i, j] {
                if (const auto alive = state.lock()) alive->take(alive->buckets[i], alive->buckets[i].members[j]);
            }));
            state_->accumulators.push_back(node);
        }
    }
}

GradientBuckets::~GradientBuckets() = default;

void GradientBuckets::backward(const at::Tensor& loss) {
    if (!state_->group) return loss.backward();
    start();
    loss.backward();
    finish();
}

void GradientBuckets::start() {
    for (auto& bucket : state_->buckets) {
        bucket.values.zero_();
        bucket.ready = 0;
        bucket.sum.reset();
        for (auto& member : bucket.members) member.is_ready = false;
    }
    state_->started = 0;
    state_->is_active = true;
}

void GradientBuckets::finish() {
    state_->is_active = false;
    while (state_->started < state_->buckets.size()) state_->start_next();
    const at::NoGradGuard no_gradient;
    for (auto& bucket : state_->buckets) {
        bucket.sum->wait();
        bucket.values.div_(state_->group->ranks());
        for (auto& member : bucket.members)
            if (member.is_ready) member.parameter.mutable_grad().copy_(State::slot(bucket, member));
    }
}

}  // namespace dsqbench
