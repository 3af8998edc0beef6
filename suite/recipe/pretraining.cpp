#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

namespace {

const std::string training_section = "training.";

bool starts_with(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

// What a network in FP32 learns from. Keys of quantization stay at their defaults: contenders of 2 and of 4 bits share
// one pre-training.
bool matters_in_fp32(const Key& key) {
    if (key.name == "training.weight_decay_quantizer" || key.name == "training.quantizer_learning_rate_scale")
        return false;
    for (const char* section : {"data.", "augment.", "model.", "training."})
        if (starts_with(key.name, section)) return true;
    return false;
}

void check_option(const std::string& option, const std::string& place) {
    std::vector<std::string> known;
    for (const Key& key : schema())
        if (starts_with(key.name, training_section)) known.push_back(key.name.substr(training_section.size()));
    for (const std::string& name : known)
        if (name == option) return;
    const auto near = nearest_names(option, known);
    throw Error(
        ExitCode::recipe, "unknown option '" + option + "' of [tricks.pretrain]",
        near.empty() ? "its options are the keys of [training]" : "did you mean '" + join(near, "' or '") + "'?",
        place);
}

}  // namespace

std::optional<Recipe> pretraining_of(const Recipe& recipe) {
    const auto& tricks = recipe.value("tricks");
    const auto options = tricks.find("pretrain");
    if (options == tricks.end()) return std::nullopt;
    Recipe pretraining;
    // After what it trains, so that recipes share it whatever their own names are.
    pretraining.set_name(recipe.text("data.name") + "_" + recipe.text("model.name") + ".pretrain");
    for (const Key& key : schema())
        if (matters_in_fp32(key)) pretraining.set(key.name, recipe.value(key.name), recipe.origin(key.name));
    for (const auto& [option, value] : options->items()) {
        const std::string& origin = recipe.origin("tricks.pretrain." + option);
        check_option(option, origin);
        pretraining.set(training_section + option, value, origin);
    }
    try {
        pretraining.check_consistency();
    } catch (const Error& error) {
        throw Error(error.code(), "in the training that [tricks.pretrain] asks for: " + error.message(), error.hint(),
                    error.place());
    }
    return pretraining;
}

}  // namespace dsqbench
