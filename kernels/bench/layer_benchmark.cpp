#include "kernels/bench/layer_benchmark.h"

#include <algorithm>
#include <memory>

#include "kernels/api/error.h"
#include "kernels/api/thread_pool.h"
#include "kernels/bench/core_clock.h"

namespace dsqbench {
namespace {

// A kernel with everything that it needs to run again and again.
struct Runnable {
    std::unique_ptr<Convolution> convolution;
    Workspace workspace;
    std::vector<std::uint8_t> output;
};

class LayerBenchmark {
public:
    LayerBenchmark(const LayerRequest& request, ThreadPool& pool) : request_(request), pool_(pool) {}

    LayerResult run(NoiseGate& gate) {
        for (const BitPair bits : request_.bits) add_kernels(bits);
        for (const std::string& name : request_.rivals) add_rival(name);
        result_.gigahertz = core_gigahertz();
        const auto timings = time_interleaved(request_.title, competitors_, request_.timing, gate);
        // Again, as the first one may have met a neighbour throughout.
        result_.gigahertz = std::max(result_.gigahertz, core_gigahertz());
        for (std::size_t i = 0; i < timings.size(); ++i) *slot(places_[i]) = timings[i];
        for (KernelResult& kernel : result_.kernels)
            kernel.roofs = roofs_of(kernel.variant, {kernel.bits.weights}, result_.gigahertz);
        return std::move(result_);
    }

private:
    enum class Of { kernel, kernel_on_one_thread, rival, rival_on_one_thread };

    struct Place {
        Of of;
        std::size_t index;
    };

    std::optional<Timing>* slot(const Place& place) {
        switch (place.of) {
            case Of::kernel:
                return &result_.kernels[place.index].timing;
            case Of::kernel_on_one_thread:
                return &result_.kernels[place.index].one_thread;
            case Of::rival:
                return &result_.rivals[place.index].timing;
            case Of::rival_on_one_thread:
                break;
        }
        return &result_.rivals[place.index].one_thread;
    }

    void add_kernels(BitPair bits) {
        cases_.push_back(std::make_unique<LayerCase>(request_.shape, bits));
        LayerCase& layer_case = *cases_.back();
        if (request_.variants.empty())
            return add_kernel(layer_case, bits, choose_variant(layer_case.problem(), request_.allowed, request_.costs));
        for (const std::string& name : request_.variants) add_kernel(layer_case, bits, known_variant(name));
    }

    static const KernelVariant& known_variant(const std::string& name) {
        try {
            return find_variant(name);
        } catch (const KernelError& error) {
            throw Error(ExitCode::usage, error.what());
        }
    }

    std::string obstacle(const LayerCase& layer_case, const KernelVariant& variant) const {
        if (!available_instruction_sets().contain(variant.needs))
            return "needs " + dsqbench::name(variant.needs) + ", which this processor lacks";
        if (!request_.allowed.contain(variant.needs))
            return "needs " + dsqbench::name(variant.needs) + ", excluded by --isa";
        return variant.supports(layer_case.problem()) ? "" : "does not compute such a layer";
    }

    void add_kernel(LayerCase& layer_case, BitPair bits, const KernelVariant& variant) {
        KernelResult result{variant.name,
                            variant.needs,
                            bits,
                            {},
                            {},
                            {},
                            {},
                            tuning_key(layer_case.problem()),
                            choose_variant(layer_case.problem(), request_.allowed).name};
        const std::string reason = obstacle(layer_case, variant);
        result.check = reason.empty() ? layer_case.check(variant) : Check{CheckStatus::skipped, reason};
        const bool runs = result.check.status == CheckStatus::passed || result.check.status == CheckStatus::mistrusted;
        result_.kernels.push_back(std::move(result));
        if (!runs) return;
        auto runnable = std::make_shared<Runnable>();
        runnable->convolution = prepare(variant, layer_case.problem(), layer_case.weights());
        runnable->output.resize(output_bytes(layer_case.problem()));
        const std::uint8_t* activations = layer_case.activations().data();
        const std::size_t index = result_.kernels.size() - 1;
        const bool several = pool_.threads() > 1;
        if (several)
            compete(variant.name, {Of::kernel, index}, [this, runnable, activations] {
                pool_.run(*runnable->convolution, {activations, nullptr, runnable->output.data()});
            });
        compete(variant.name, {several ? Of::kernel_on_one_thread : Of::kernel, index}, [runnable, activations] {
            runnable->convolution->run({activations, nullptr, runnable->output.data()}, runnable->workspace);
        });
    }

    void add_rival(const std::string& name) {
        const RivalOperator& rival = RivalRegistry::instance().find(name);
        const std::size_t index = result_.rivals.size();
        PreparedRival prepared = rival.prepare(request_.shape, request_.rival_limits);
        result_.rivals.push_back({name, prepared.implementation, rival.arithmetic, {}, {}, prepared.refusal});
        if (!prepared.refusal.empty()) return;
        compete(name, {Of::rival, index}, std::move(prepared.run));
        if (request_.rival_limits.threads > 1)
            compete(name, {Of::rival_on_one_thread, index},
                    rival.prepare(request_.shape, {request_.rival_limits.allowed, 1}).run);
    }

    void compete(const std::string& name, Place place, std::function<void()> run) {
        competitors_.push_back({name, std::move(run)});
        places_.push_back(place);
    }

    const LayerRequest& request_;
    ThreadPool& pool_;
    std::vector<std::unique_ptr<LayerCase>> cases_;  // own the codes that the competitors read
    std::vector<Competitor> competitors_;
    std::vector<Place> places_;
    LayerResult result_;
};

}  // namespace

LayerResult benchmark_layer(const LayerRequest& request, ThreadPool& pool, NoiseGate& gate) {
    return LayerBenchmark(request, pool).run(gate);
}

}  // namespace dsqbench
