#include "suite/training/evaluation.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "suite/training/device.h"

namespace dsqbench {

void EvaluationSum::add(double mean_loss, const at::Tensor& logits, const at::Tensor& labels) {
    const auto count = labels.size(0);
    const auto best = std::get<1>(logits.detach().topk(std::min<std::int64_t>(5, logits.size(1)), 1));
    const at::Tensor hits = best.eq(labels.unsqueeze(1));
    loss_sum += mean_loss * static_cast<double>(count);
    top1_count += hits.select(1, 0).sum().item<std::int64_t>();
    top5_count += hits.sum().item<std::int64_t>();
    images += count;
}

void EvaluationSum::add(const EvaluationSum& other) {
    loss_sum += other.loss_sum;
    top1_count += other.top1_count;
    top5_count += other.top5_count;
    images += other.images;
}

EvaluationSum EvaluationSum::over(const RankGroup* group) const {
    if (group == nullptr) return *this;
    // Counts are exact in float64 up to 2^53.
    const std::vector<double> mine{loss_sum, static_cast<double>(top1_count), static_cast<double>(top5_count),
                                   static_cast<double>(images)};
    const at::Tensor all = group->sum(at::tensor(mine, at::kDouble));
    const double* values = all.data_ptr<double>();
    EvaluationSum sum;
    sum.loss_sum = values[0];
    sum.top1_count = static_cast<std::int64_t>(values[1]);
    sum.top5_count = static_cast<std::int64_t>(values[2]);
    sum.images = static_cast<std::int64_t>(values[3]);
    return sum;
}

Evaluation EvaluationSum::mean() const {
    const double count = std::max<double>(1, static_cast<double>(images));
    return {loss_sum / count, 100.0 * static_cast<double>(top1_count) / count,
            100.0 * static_cast<double>(top5_count) / count, images};
}

Evaluation evaluate(Network& network, Loader& loader, std::int64_t limit_batches, const RankGroup* group) {
    const at::NoGradGuard no_grad;
    const bool was_training = network.is_training();
    network.eval();
    EvaluationSum sum;
    const at::Device device = device_of(network);
    loader.start(0);
    for (std::int64_t done = 0; limit_batches <= 0 || done < limit_batches; ++done) {
        const auto next = loader.next();
        if (!next) break;
        if (next->labels.size(0) == 0) continue;
        const Batch batch = on_device(*next, device);
        const at::Tensor logits = network.forward(batch.images);
        sum.add(at::cross_entropy_loss(logits, batch.labels).item<double>(), logits, batch.labels);
    }
    network.train(was_training);
    return sum.over(group).mean();
}

}  // namespace dsqbench
