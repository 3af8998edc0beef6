#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "suite/core/error.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

namespace {

[[noreturn]] void refuse(const Recipe& recipe, const std::string& key, const std::string& message) {
    throw Error(ExitCode::recipe, message, {}, recipe.origin(key));
}

void check_schedule(const Recipe& recipe) {
    const auto epochs = recipe.integer("training.epochs");
    if (recipe.real("training.warmup_epochs") >= static_cast<double>(epochs))
        refuse(recipe, "training.warmup_epochs",
               fmt::format("training.warmup_epochs ({}) must be below training.epochs ({})",
                           recipe.real("training.warmup_epochs"), epochs));
    if (recipe.text("training.schedule") != "step") return;
    const auto milestones = recipe.integers("training.milestones");
    const auto not_ascending = std::adjacent_find(milestones.begin(), milestones.end(), std::greater_equal<>());
    if (not_ascending != milestones.end()) refuse(recipe, "training.milestones", "training.milestones must ascend");
    if (!milestones.empty() && milestones.back() >= epochs)
        refuse(recipe, "training.milestones",
               fmt::format("training.milestones must be below training.epochs ({})", epochs));
}

void check_optimizer(const Recipe& recipe) {
    const bool nesterov = recipe.text("training.optimizer") == "sgd" && recipe.flag("training.nesterov");
    if (nesterov && recipe.real("training.momentum") == 0)
        refuse(recipe, "training.momentum", "training.nesterov needs a training.momentum above 0");
}

void check_data(const Recipe& recipe) {
    const auto mean = recipe.reals("augment.mean"), deviation = recipe.reals("augment.standard_deviation");
    if (mean.size() != deviation.size())
        refuse(recipe, mean.empty() ? "augment.standard_deviation" : "augment.mean",
               "augment.mean and augment.standard_deviation must have one value a channel each");
    if (recipe.text("data.evaluate_on") == "validation" && recipe.integer("data.validation_images") == 0)
        refuse(recipe, "data.evaluate_on", "data.evaluate_on = \"validation\" needs data.validation_images above 0");
}

void check_study(const Recipe& recipe) {
    std::set<std::string> labels;
    for (const std::string& contender : recipe.texts("contenders")) try {
            if (!labels.insert(parse_contender(contender).label).second)
                refuse(recipe, "contenders", "contenders names '" + contender + "' twice");
        } catch (const Error& error) {
            throw Error(ExitCode::recipe, error.message(), error.hint(), recipe.origin("contenders"));
        }
    try {
        parse_seeds(recipe.text("seeds"));
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(), recipe.origin("seeds"));
    }
}

void check_start(const Recipe& recipe) {
    const auto& tricks = recipe.value("tricks");
    if (tricks.contains("pretrain") && tricks.contains("weights"))
        refuse(recipe, "tricks", "a run starts from a pre-training or from given weights, not from both");
}

}  // namespace

void Recipe::check_consistency() const {
    check_schedule(*this);
    check_optimizer(*this);
    check_data(*this);
    check_study(*this);
    check_start(*this);
    pretraining_of(*this);
}

}  // namespace dsqbench
