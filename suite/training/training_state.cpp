#include "suite/training/training_state.h"

namespace dsqbench {

namespace {

nlohmann::json number_or_null(const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

std::optional<double> optional_number(const nlohmann::json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

}  // namespace

double TrainingState::images_per_second() const {
    const double seconds = train_seconds + epoch_seconds;
    return seconds > 0 ? static_cast<double>(images_trained) / seconds : 0;
}

void TrainingState::add_step(const EvaluationSum& sum) {
    if (!first_loss) first_loss = sum.mean().loss;
    epoch_sum.add(sum);
    images_trained += sum.images;
}

void TrainingState::end_epoch() {
    train_seconds += epoch_seconds;
    epoch_seconds = 0;
    epoch_sum = {};
    batch = 0;
    ++epoch;
}

nlohmann::json to_json(const TrainingState& state) {
    return {{"epoch", state.epoch},
            {"batch", state.batch},
            {"loss_sum", state.epoch_sum.loss_sum},
            {"top1_count", state.epoch_sum.top1_count},
            {"top5_count", state.epoch_sum.top5_count},
            {"images", state.epoch_sum.images},
            {"first_loss", number_or_null(state.first_loss)},
            {"epoch_top1", number_or_null(state.epoch_top1)},
            {"epoch_seconds", state.epoch_seconds},
            {"train_seconds", state.train_seconds},
            {"images_trained", state.images_trained},
            {"ranks", state.ranks}};
}

TrainingState training_state(const nlohmann::json& json) {
    TrainingState state;
    state.epoch = json.at("epoch");
    state.batch = json.at("batch");
    state.epoch_sum.loss_sum = json.at("loss_sum");
    state.epoch_sum.top1_count = json.at("top1_count");
    state.epoch_sum.top5_count = json.at("top5_count");
    state.epoch_sum.images = json.at("images");
    state.first_loss = optional_number(json.at("first_loss"));
    state.epoch_top1 = optional_number(json.at("epoch_top1"));
    state.epoch_seconds = json.at("epoch_seconds");
    state.train_seconds = json.at("train_seconds");
    state.images_trained = json.at("images_trained");
    state.ranks = json.at("ranks").get<std::vector<int>>();
    return state;
}

}  // namespace dsqbench
