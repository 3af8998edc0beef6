#include "suite/training/setup.h"

#include "quantizers/quantizer.h"
#include "suite/training/network_state.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

EdgePolicy edge_policy(const std::string& text) {
    if (text == "fp32") return EdgePolicy::fp32;
    return text == "8bit" ? EdgePolicy::eight_bit : EdgePolicy::same;
}

QuantizationSettings quantization_settings(const Recipe& recipe) {
    QuantizationSettings settings;
    settings.weight = recipe.text("quantization.weight");
    settings.activation = recipe.text("quantization.activation");
    settings.weight_bits = static_cast<int>(recipe.integer("quantization.weight_bits"));
    settings.activation_bits = static_cast<int>(recipe.integer("quantization.activation_bits"));
    settings.first_layer = edge_policy(recipe.text("quantization.first_layer"));
    settings.last_layer = edge_policy(recipe.text("quantization.last_layer"));
    settings.shortcuts = recipe.text("quantization.shortcuts") == "same" ? ShortcutPolicy::same : ShortcutPolicy::fp32;
    const bool per_channel = recipe.text("quantization.weight_ranges") == "channel";
    settings.weight_ranges = per_channel ? WeightRanges::per_channel : WeightRanges::per_tensor;
    settings.options = recipe.value("quantization.options");
    return settings;
}

bool is_quantized(const std::string& quantizer, std::int64_t bits) {
    return quantizer != "fp32" && bits != 32;
}

// A quantizer that is never used (32 bits) is not checked against its role.
void check_quantizer(const Recipe& recipe, const std::string& key, QuantizerRole role) {
    const std::string name = recipe.text(key);
    const std::int64_t bits = recipe.integer(key + "_bits");
    Registry<QuantizerEntry>::instance().find(name);
    if (!is_quantized(name, bits)) return;
    QuantizerSettings settings;
    settings.role = role;
    settings.bits = static_cast<int>(bits);
    settings.options = quantization_settings(recipe).options_of(name);
    make_quantizer(name, settings);
}

void check_quantizer_options(const nlohmann::json& options) {
    for (const auto& item : options.items()) {
        const auto dot = item.key().find('.');
        const std::string name = item.key().substr(0, dot);
        const auto& known = Registry<QuantizerEntry>::instance().find(name).options;
        const std::string option = dot == std::string::npos ? "" : item.key().substr(dot + 1);
        std::vector<std::string> names;
        for (const auto& entry : known) names.push_back(name + "." + entry.first);
        if (known.count(option) == 0)
            throw Error(ExitCode::recipe, "unknown quantizer option '" + item.key() + "'",
                        suggestion(item.key(), names));
    }
}

}  // namespace

DataRequest data_request(const Recipe& recipe, const std::filesystem::path& data_root) {
    DataRequest request;
    request.name = recipe.text("data.name");
    request.data_root = data_root;
    request.train_images = recipe.integer("data.train_images");
    request.validation_images = recipe.integer("data.validation_images");
    request.split_seed = static_cast<std::uint64_t>(recipe.integer("data.split_seed"));
    const bool on_test = recipe.text("data.evaluate_on") == "test";
    request.evaluate_on = on_test ? DataRequest::EvaluateOn::test : DataRequest::EvaluateOn::validation;
    request.mean = recipe.reals("augment.mean");
    request.standard_deviation = recipe.reals("augment.standard_deviation");
    request.options.view.size = static_cast<int>(recipe.integer("data.image_size"));
    request.options.view.resize = static_cast<int>(recipe.integer("data.resize"));
    request.options.view.smallest_area = recipe.real("augment.smallest_area");
    request.options.view.color_jitter = recipe.real("augment.color_jitter");
    const bool fill = recipe.text("data.damaged_images") == "fill";
    request.options.view.damaged = fill ? DamagedImages::filled : DamagedImages::refused;
    request.options.synthetic_train_images = recipe.integer("data.synthetic_train_images");
    request.options.synthetic_test_images = recipe.integer("data.synthetic_test_images");
    request.options.synthetic_classes = static_cast<int>(recipe.integer("data.synthetic_classes"));
    const int size = static_cast<int>(recipe.integer("data.synthetic_size"));
    request.options.synthetic_shape = {static_cast<int>(recipe.integer("data.synthetic_channels")), size, size};
    request.options.synthetic_seed = static_cast<std::uint64_t>(recipe.integer("data.synthetic_seed"));
    return request;
}

LoaderOptions training_batches(const Recipe& recipe, const DataSplits& data, std::uint64_t seed) {
    LoaderOptions options;
    options.batch_size = recipe.integer("training.batch_size");
    options.augmentation.pad = static_cast<int>(recipe.integer("augment.pad"));
    options.augmentation.flip = recipe.flag("augment.flip");
    options.augmentation.mean = data.mean;
    options.augmentation.standard_deviation = data.standard_deviation;
    options.augmentation.views = true;
    options.seed = seed;
    options.last_batch = LoaderOptions::LastBatch::drop;  // a short last batch would change batch-norm's statistics
    return options;
}

ModelSettings model_settings(const Recipe& recipe, const Dataset& dataset) {
    const ImageShape shape = dataset.shape();
    if (shape.height != shape.width) throw Error(ExitCode::recipe, "the models take square images only");
    ModelSettings settings;
    settings.in_channels = shape.channels;
    settings.image_size = shape.height;
    settings.classes = dataset.classes();
    settings.width = recipe.integer("model.width");
    settings.quantization = quantization_settings(recipe);
    return settings;
}

OptimizerSettings optimizer_settings(const Recipe& recipe) {
    return {recipe.text("training.optimizer"), recipe.real("training.momentum"), recipe.flag("training.nesterov"),
            recipe.real("training.beta1"),     recipe.real("training.beta2"),    recipe.real("training.epsilon")};
}

ScheduleSettings schedule_settings(const Recipe& recipe) {
    ScheduleSettings settings;
    settings.kind = recipe.text("training.schedule");
    settings.learning_rate = recipe.real("training.learning_rate");
    settings.final_learning_rate = recipe.real("training.final_learning_rate");
    settings.epochs = static_cast<double>(recipe.integer("training.epochs"));
    settings.warmup_epochs = recipe.real("training.warmup_epochs");
    settings.milestones = recipe.integers("training.milestones");
    settings.gamma = recipe.real("training.gamma");
    return settings;
}

std::vector<OptimizedTensor> optimized_tensors(const Network& network, const Recipe& recipe) {
    std::vector<OptimizedTensor> tensors;
    for (const auto& item : network.named_parameters()) {
        OptimizedTensor optimized{item.key(), item.value(), recipe.real("training.weight_decay"), 1.0};
        if (is_quantizer_tensor(item.key())) {
            optimized.weight_decay = recipe.real("training.weight_decay_quantizer");
            optimized.learning_rate_scale = recipe.real("training.quantizer_learning_rate_scale");
        } else if (item.value().dim() <= 1) {
            optimized.weight_decay = recipe.real("training.weight_decay_norm");
        }
        tensors.push_back(optimized);
    }
    return tensors;
}

void check_plugins(const Recipe& recipe) {
    try {
        Registry<DatasetEntry>::instance().find(recipe.text("data.name"));
        Registry<ModelEntry>::instance().find(recipe.text("model.name"));
        check_quantizer(recipe, "quantization.weight", QuantizerRole::weight);
        check_quantizer(recipe, "quantization.activation", QuantizerRole::activation);
        check_quantizer_options(recipe.value("quantization.options"));
        check_trick_tables(recipe.value("tricks"));
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(),
                    error.place().empty() ? recipe.name() : error.place());
    }
}

}  // namespace dsqbench
