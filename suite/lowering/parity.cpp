#include "suite/lowering/parity.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

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

// The largest difference of two lists of logits over the largest of `theirs`, which is one image's.
double logit_distance(std::span<const float> ours, const at::Tensor& theirs) {
    const at::Tensor reference = theirs.detach().to(at::kFloat).contiguous();
    double largest = 1e-30, difference = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const auto value = static_cast<double>(reference.data_ptr<float>()[i]);
        largest = std::max(largest, std::abs(value));
        difference = std::max(difference, std::abs(static_cast<double>(ours[i]) - value));
    }
    return difference / largest;
}

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
        const auto ours = executor_.run(bytes);
        SiteProbe probe(network_);
        const at::Tensor theirs = network_.forward(image);
        for (const Site& site : probe.sites)
            if (differs(site, found)) return found;
        // All codes are equal in this evaluation. So must the logits be; where they are, the evaluation of a whole
        // batch rounded differently.
        found.distance = logit_distance(ours, theirs);
        found.is_rounding = found.distance <= limits_.rounding;
        if (!found.is_rounding) found.layer = integer_.steps.back().name;
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
        const auto logits = executor.run(bytes.data());
        const auto classes = static_cast<std::size_t>(executor.classes());
        const auto ours = deploy::predictions(logits, executor.classes());
        const at::Tensor their_logits = run_.network->forward(batch.images), theirs = their_logits.argmax(1);
        for (std::size_t i = 0; i < count; ++i) {
            const auto label = batch.labels.data_ptr<std::int64_t>()[i], reference = theirs.data_ptr<std::int64_t>()[i];
            our_hits_ += ours[i] == label;
            their_hits_ += reference == label;
            const double distance =
                logit_distance(logits.subspan(i * classes, classes), their_logits[static_cast<std::int64_t>(i)]);
            count_image({ours[i] == reference, distance > limits_.rounding}, indices[first + i],
                        batch.images.narrow(0, static_cast<std::int64_t>(i), 1), bytes.data() + i * image_bytes);
        }
    }

    struct Outcome {
        bool is_equal, has_other_logits;
    };

    void count_image(const Outcome& outcome, std::int64_t index, const at::Tensor& image, const std::uint8_t* bytes) {
        const bool is_first = parity_.images < always_traced;
        ++parity_.images;
        parity_.equal += outcome.is_equal;
        parity_.other_logits += outcome.is_equal && outcome.has_other_logits;
        auto& traced = outcome.is_equal ? parity_.deviations : parity_.disagreements;
        const bool is_odd = !outcome.is_equal || outcome.has_other_logits;
        if (!is_first && (!is_odd || traced.size() >= most_traced)) return;
        Disagreement found = tracer().trace(index, image, bytes);
        // Equal predictions excuse codes that differ by rounding, not codes that are wrong.
        if (is_odd || !found.is_rounding) traced.push_back(std::move(found));
    }

    Tracer& tracer() {
        if (!tracer_) tracer_ = std::make_unique<Tracer>(*run_.network, network_, options_, limits_);
        return *tracer_;
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
        for (const auto* traced : {&parity_.disagreements, &parity_.deviations})
            for (const Disagreement& found : *traced)
                if (!found.is_rounding && parity_.failure.empty()) fail(found);
        if (!parity_.failure.empty()) return parity_;
        if (equal < limits_.equal)
            parity_.failure =
                fmt::format("{:.3f} % of the predictions are equal, less than {} %", equal, limits_.equal);
        else if (std::abs(parity_.integer_top1 - parity_.reference_top1) > limits_.top1 + 1e-9)
            parity_.failure = fmt::format("top-1 is {:.2f} % as integers, {:.2f} % before", parity_.integer_top1,
                                          parity_.reference_top1);
        if (!parity_.failure.empty()) parity_.failed_layer = suspect();
        if (parity_.failure.empty()) check_reload();
        return parity_;
    }

    void fail(const Disagreement& found) {
        parity_.failed_layer = found.layer;
        const std::string what = found.codes == 0 ? std::string("the logits")
                                                  : fmt::format("{} codes after layer '{}'", found.codes, found.layer);
        parity_.failure = fmt::format("image {}: {} differ, one by {:.2g} of the largest value: more than rounding",
                                      found.image, what, found.distance);
    }

    // No layer is to blame where it is another network that was loaded, or these are other images.
    void check_reload() {
        // A run that was cut short was evaluated on a part of the images too.
        const auto of_row = run_.row.value("test_images", static_cast<std::int64_t>(run_.data.evaluation.size()));
        if (parity_.images != of_row || !run_.row.contains("top1")) return;
        const auto then = run_.row["top1"].get<double>();
        if (std::abs(then - parity_.reference_top1) > limits_.top1 + 1e-9)
            parity_.failure = fmt::format("evaluation comes to {:.2f} % now, to {:.2f} % in the run's row",
                                          parity_.reference_top1, then);
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
