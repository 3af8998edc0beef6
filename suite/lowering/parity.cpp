#include "suite/lowering/parity.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "kernels/api/layout.h"
#include "suite/data/loader.h"

namespace dsqbench {

namespace {

constexpr std::int64_t batch_size = 100;

using deploy::Step;

// A quantizer's input and grid, by layer, in the order of the forward pass.
struct Site {
    std::string layer;
    at::Tensor x;  // [1, C, H, W] or [1, C]
    Grid grid;
};

class SiteProbe : public QuantizedLayer::Probe {
public:
    explicit SiteProbe(Network& network) : network_(network) {
        for (const NamedLayer& named : network.layers()) {
            names_[named.layer] = named.name;
            named.layer->set_probe(this);
        }
    }
    ~SiteProbe() override {
        for (const NamedLayer& named : network_.layers()) named.layer->set_probe(nullptr);
    }
    SiteProbe(const SiteProbe&) = delete;

    at::Tensor at_site(QuantizedLayer& layer, Quantizer& quantizer, const at::Tensor& x) override {
        if (quantizer.settings().role == QuantizerRole::activation)
            sites.push_back({names_.at(&layer), x.clone(), quantizer.grid()});
        return quantizer.forward(x);
    }

    std::vector<Site> sites;

private:
    Network& network_;
    std::map<const QuantizedLayer*, std::string> names_;
};

class Tracer {
public:
    Tracer(Network& network, const deploy::Network& integer, deploy::ExecutorOptions options,
           const ParityLimits& limits)
        : network_(network), integer_(integer), executor_(integer, alone(std::move(options))), limits_(limits) {
        for (const Step& step : integer.steps) {
            by_name_[step.name] = &step;
            if (step.output) writers_[*step.output] = &step;
            for (const int tensor : step.codes) writers_[tensor] = &step;
        }
    }

    Disagreement trace(std::int64_t index, const at::Tensor& image, const std::uint8_t* bytes) {
        Disagreement found;
        found.image = index;
        executor_.run(bytes);
        SiteProbe probe(network_);
        network_.forward(image);
        for (const Site& site : probe.sites)
            if (differs(site, found)) return found;
        // All codes are equal in this evaluation; the other one, in the blocked layout, rounded differently.
        found.is_rounding = true;
        return found;
    }

private:
    static deploy::ExecutorOptions alone(deploy::ExecutorOptions options) {
        options.batch = 1;
        options.reuse = deploy::Reuse::no;
        return options;
    }

    // The layer whose output a tensor of codes holds, whatever step made codes of it.
    const std::string& writer_of(int tensor) const {
        const Step* step = writers_.at(tensor);
        while (std::holds_alternative<deploy::Quantize>(step->operation)) step = writers_.at(step->input);
        return step->name;
    }

    bool differs(const Site& site, Disagreement& found) const {
        const int tensor = by_name_.at(site.layer)->input;
        const deploy::TensorType& type = integer_.tensors[static_cast<std::size_t>(tensor)];
        const auto bytes = executor_.tensor(tensor);
        const auto ours =
            unpack_codes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, type.channels, type.bits);
        // NHWC, as ours; of the flat input of a linear layer, channels come first.
        const at::Tensor x = site.x.reshape({type.channels, type.height * type.width}).t().contiguous();
        const at::Tensor codes = site.grid.quantize(x);
        const auto largest = std::max(x.abs().max().item<double>(), 1e-30);
        const auto offset = site.grid.offset.item<double>(), scale = site.grid.scale.item<double>();
        for (std::size_t i = 0; i < ours.size(); ++i) {
            const int theirs = codes.data_ptr<std::int32_t>()[i], code = ours[i];
            if (code == theirs) continue;
            ++found.codes;
            // The thresholds that lie between: the farthest is the one that rounding would have to explain.
            const auto value = static_cast<double>(x.data_ptr<float>()[i]);
            const double threshold = offset + scale * (code < theirs ? code + 0.5 : code - 0.5);
            found.distance = std::max(found.distance, std::abs(value - threshold) / largest);
        }
        if (found.codes == 0) return false;
        found.layer = writer_of(tensor);
        found.is_rounding = found.distance <= limits_.rounding;
        return true;
    }

    Network& network_;
    const deploy::Network& integer_;
    deploy::Executor executor_;
    ParityLimits limits_;
    std::map<std::string, const Step*> by_name_;
    std::map<int, const Step*> writers_;
};

class ParityCheck {
public:
    ParityCheck(FinishedRun& run, const deploy::Network& network, const deploy::ExecutorOptions& options,
                const ParityLimits& limits)
        : run_(run), network_(network), options_(options), limits_(limits) {}

    Parity check(std::int64_t limit) {
        std::vector<std::int64_t> indices = run_.data.evaluation;
        if (limit > 0 && limit < static_cast<std::int64_t>(indices.size()))
            indices.resize(static_cast<std::size_t>(limit));
        LoaderOptions loader_options;
        loader_options.batch_size = batch_size;
        loader_options.augmentation.mean = run_.data.mean;
        loader_options.augmentation.standard_deviation = run_.data.standard_deviation;
        loader_options.order = LoaderOptions::Order::sequential;
        Loader loader(run_.data.evaluation_source, indices, loader_options);
        deploy::ExecutorOptions of_batches = options_;
        of_batches.batch = static_cast<int>(batch_size);
        deploy::Executor executor(network_, of_batches);
        loader.start(0);
        while (const auto batch = loader.next()) compare(*batch, executor, indices);
        return judge();
    }

private:
    void compare(const Batch& batch, deploy::Executor& executor, const std::vector<std::int64_t>& indices) {
        const std::size_t image_bytes = run_.data.evaluation_source->shape().bytes();
        const auto count = static_cast<std::size_t>(batch.labels.size(0));
        std::vector<std::uint8_t> bytes(static_cast<std::size_t>(batch_size) * image_bytes);  // the rest is black
        const auto first = static_cast<std::size_t>(parity_.images);
        for (std::size_t i = 0; i < count; ++i)
            run_.data.evaluation_source->image(indices[first + i], bytes.data() + i * image_bytes);
        const auto ours = deploy::predictions(executor.run(bytes.data()), executor.classes());
        const at::Tensor theirs = run_.network->forward(batch.images).argmax(1);
        for (std::size_t i = 0; i < count; ++i) {
            const auto label = batch.labels.data_ptr<std::int64_t>()[i], reference = theirs.data_ptr<std::int64_t>()[i];
            our_hits_ += ours[i] == label;
            their_hits_ += reference == label;
            const bool equal = ours[i] == reference;
            if (equal ? parity_.images < always_traced : parity_.disagreements.size() < most_traced)
                trace(indices[first + i], batch.images.narrow(0, static_cast<std::int64_t>(i), 1),
                      bytes.data() + i * image_bytes, equal);
            ++parity_.images;
            parity_.equal += equal;
        }
    }

    // Equal predictions excuse codes that differ by rounding, not codes that are wrong.
    void trace(std::int64_t index, const at::Tensor& image, const std::uint8_t* bytes, bool equal) {
        if (!tracer_) tracer_ = std::make_unique<Tracer>(*run_.network, network_, options_, limits_);
        Disagreement found = tracer_->trace(index, image, bytes);
        if (!equal || !found.is_rounding) parity_.disagreements.push_back(std::move(found));
    }

    // Where most disagreements begin.
    std::string suspect() const {
        std::map<std::string, int> count;
        for (const Disagreement& found : parity_.disagreements) ++count[found.layer];
        const auto most =
            std::max_element(count.begin(), count.end(), [](auto& a, auto& b) { return a.second < b.second; });
        return most == count.end() ? "" : most->first;
    }

    Parity judge() {
        const double images = std::max<double>(1, static_cast<double>(parity_.images));
        parity_.reference_top1 = 100.0 * static_cast<double>(their_hits_) / images;
        parity_.integer_top1 = 100.0 * static_cast<double>(our_hits_) / images;
        const double equal = 100.0 * static_cast<double>(parity_.equal) / images;
        for (const Disagreement& found : parity_.disagreements)
            if (!found.is_rounding && parity_.failure.empty()) {
                parity_.failed_layer = found.layer;
                parity_.failure = fmt::format(
                    "image {}: {} codes after layer '{}' differ, one by {:.2g} of the largest value: more than "
                    "rounding",
                    found.image, found.codes, found.layer, found.distance);
            }
        if (!parity_.failure.empty()) return parity_;
        if (equal < limits_.equal)
            parity_.failure =
                fmt::format("{:.3f} % of the predictions are equal, less than {} %", equal, limits_.equal);
        else if (std::abs(parity_.integer_top1 - parity_.reference_top1) > limits_.top1 + 1e-9)
            parity_.failure = fmt::format("top-1 is {:.2f} % as integers, {:.2f} % before", parity_.integer_top1,
                                          parity_.reference_top1);
        if (!parity_.failure.empty()) parity_.failed_layer = suspect();
        return parity_;
    }

    FinishedRun& run_;
    const deploy::Network& network_;
    deploy::ExecutorOptions options_;
    ParityLimits limits_;
    std::unique_ptr<Tracer> tracer_;
    std::int64_t our_hits_ = 0, their_hits_ = 0;
    Parity parity_;
};

}  // namespace

Parity check_parity(FinishedRun& run, const deploy::Network& network, deploy::ExecutorOptions options,
                    std::int64_t limit, const ParityLimits& limits) {
    const at::NoGradGuard no_gradient;
    return ParityCheck(run, network, options, limits).check(limit);
}

}  // namespace dsqbench
