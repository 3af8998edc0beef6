// Batch-norm re-estimation: after the last step the running statistics are replaced by plain averages over training
// batches, because weights that flip between codes leave moving averages stale (Nagel et al. 2022, section 5).
#include <ATen/core/grad_mode.h>

#include "suite/training/device.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class BatchNormReestimation : public Trick {
public:
    explicit BatchNormReestimation(const TrickContext& context) : batches_(context.options.at("batches")) {}

    void finish(Network& network, Loader& loader) override {
        std::vector<BatchNorm2d*> norms;
        for (const auto& module : network.modules())
            if (auto* norm = module->as<BatchNorm2d>()) norms.push_back(norm);
        const at::NoGradGuard no_grad;
        for (auto* norm : norms) {
            norm->reset_running_stats();
            norm->momentum.reset();  // a plain average
        }
        loader.start(0);
        for (std::int64_t done = 0; done < batches_; ++done) {
            const auto batch = loader.next();
            if (!batch) break;
            network.forward(on_device(*batch, device_of(network)).images);
        }
    }

private:
    std::int64_t batches_;
};

const TrickRegistration registration{
    "bn_reestimation",
    {[](const TrickContext& context) { return std::make_unique<BatchNormReestimation>(context); },
     "re-estimate batch-norm statistics after the last step (Nagel et al. 2022)",
     {{"batches", integer_option("training batches to average over", 1)}}}};

}  // namespace
}  // namespace dsqbench
