#include "suite/training/run_result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/version.h>

#include <cmath>

#include "suite/core/clock.h"
#include "suite/record/provenance.h"
#include "suite/record/run_directory.h"
#include "suite/record/run_statistic.h"
#include "suite/training/device.h"

namespace dsqbench {

namespace {

// What each site's quantizer says of itself, by layer.
nlohmann::json describe_quantizers(Network& network) {
    nlohmann::json described = nlohmann::json::object();
    for (const auto& named : network.layers()) {
        if (const auto& quantizer = named.layer->weight_quantizer())
            described[named.name]["weight"] = quantizer->describe();
        if (const auto& quantizer = named.layer->activation_quantizer())
            described[named.name]["activation"] = quantizer->describe();
    }
    return described;
}

// The inner layers' quantizers stand for the contender: first and last layer are the recipe's.
std::string contender_description(Network& network) {
    const auto layers = network.layers();
    if (layers.size() < 3) return "";
    const auto* inner = layers[1].layer;
    nlohmann::json both = nlohmann::json::object();
    if (inner->weight_quantizer()) both["weight"] = inner->weight_quantizer()->describe();
    if (inner->activation_quantizer()) both["activation"] = inner->activation_quantizer()->describe();
    return both.dump();
}

nlohmann::json make_row(const RunRequest& request, Network& network, const RunMeasurements& measured,
                        const std::filesystem::path& run) {
    const Recipe& recipe = request.recipe;
    const Evaluation& evaluation = measured.evaluation;
    nlohmann::json row = {{"kind", "training"},
                          {"time", utc_now()},
                          {"recipe", recipe.name()},
                          {"recipe_id", recipe.recipe_id()},
                          {"protocol_id", recipe.protocol_id()},
                          {"label", request.label},
                          {"weight_quantizer", recipe.text("quantization.weight")},
                          {"activation_quantizer", recipe.text("quantization.activation")},
                          {"weight_bits", recipe.integer("quantization.weight_bits")},
                          {"activation_bits", recipe.integer("quantization.activation_bits")},
                          {"quantizer", contender_description(network)},
                          {"dataset", recipe.text("data.name")},
                          {"dataset_fingerprint", measured.dataset_fingerprint},
                          {"train_images", measured.train_images},
                          {"evaluated_on", recipe.text("data.evaluate_on")},
                          {"test_images", evaluation.images},
                          {"model", recipe.text("model.name")},
                          {"model_width", recipe.integer("model.width")},
                          {"seed", request.seed},
                          {"epochs", measured.epochs},
                          {"outcome", measured.converged ? "finished" : "not converged"},
                          {"images_per_second", measured.images_per_second},
                          {"peak_memory_bytes", measured.peak_memory_bytes},
                          {"train_seconds", measured.train_seconds},
                          {"publishable", measured.limit_batches == 0 && measured.wrong_size.empty()},
                          {"libtorch", TORCH_VERSION},
                          {"run_directory", run.string()},
                          {"weights_sha256", measured.weights_sha256}};
    if (!measured.wrong_size.empty())
        row["unpublishable_reason"] =
            fmt::format("not the whole of {}: {}", recipe.text("data.name"), measured.wrong_size);
    if (measured.limit_batches > 0)
        row["unpublishable_reason"] = fmt::format("cut short by --limit-batches {}", measured.limit_batches);
    if (std::isfinite(evaluation.loss)) {  // the accuracy of a network that outputs NaN means nothing
        row["top1"] = evaluation.top1;
        row["top5"] = evaluation.top5;
        row["loss"] = evaluation.loss;
    }
    if (measured.ranks != std::vector<int>{1}) row["ranks"] = fmt::format("{}", fmt::join(measured.ranks, ", "));
    if (const at::Device device = device_of(network); !device.is_cpu()) row["device"] = text_of(device);
    if (const auto statistics = run_statistics(read_metrics(run)); !statistics.empty())
        row["run_statistics"] = statistics.dump();
    // The facts of the process that trained, so that a row appended later still tells them.
    const nlohmann::json facts = provenance();
    for (const char* field : {"machine", "commit", "version", "compiler"}) row[field] = facts.at(field);
    // FP32 is not quantized, whatever width the protocol gives to the others.
    if (recipe.text("quantization.weight") == "fp32") row["weight_bits"] = 32;
    if (recipe.text("quantization.activation") == "fp32") row["activation_bits"] = 32;
    return row;
}

}  // namespace

nlohmann::json run_result(const RunRequest& request, Network& network, const RunMeasurements& measured,
                          const std::filesystem::path& run) {
    return {{"row", make_row(request, network, measured, run)},
            {"quantizers", describe_quantizers(network)},
            {"provenance", provenance()}};
}

}  // namespace dsqbench
