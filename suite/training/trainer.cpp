#include "suite/training/trainer.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <cmath>

#include "suite/core/clock.h"
#include "suite/core/hash.h"
#include "suite/core/memory.h"
#include "suite/core/signals.h"
#include "suite/record/provenance.h"
#include "suite/record/run_directory.h"
#include "suite/training/calibration.h"
#include "suite/training/checkpoint.h"
#include "suite/training/device.h"
#include "suite/training/evaluation.h"
#include "suite/training/gradient_buckets.h"
#include "suite/training/layer_statistics.h"
#include "suite/training/memory.h"
#include "suite/training/network_state.h"
#include "suite/training/process_group.h"
#include "suite/training/run_result.h"
#include "suite/training/setup.h"
#include "suite/training/training_state.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

// Images whose layer statistics are measured after every epoch.
constexpr std::int64_t statistics_images = 128;
constexpr int full_precision_bits = 32;
// Of a checkpoint's counters.
constexpr const char *metrics_size_key = "metrics_size", *data_key = "dataset_fingerprint";

// Parts of one size make the mean over the ranks the mean over the batch.
void check_parts(const Recipe& recipe, const ProcessGroup* group) {
    const std::int64_t batch = recipe.integer("training.batch_size");
    if (group == nullptr || batch % group->ranks() == 0) return;
    throw Error(ExitCode::usage, fmt::format("a batch of {} does not divide among {} ranks", batch, group->ranks()),
                "start a number of ranks that divides training.batch_size, or set it");
}

class Trainer {
public:
    Trainer(const RunRequest& request, const std::filesystem::path& run, const TrainingSite& site);
    TrainingEnd run();

private:
    void build_network(std::int64_t epoch);
    void start_afresh();
    void resume(const Checkpoint& checkpoint);
    void agree_on_start(std::optional<Checkpoint> checkpoint);
    enum class EpochEnd { complete, stopped };
    EpochEnd train_epoch();
    bool step(const Batch& batch);
    void move_weights();
    bool loss_is_too_high(double epoch_loss) const;
    Evaluation evaluate_now();
    Evaluation evaluate_between();
    void end_epoch(const Evaluation& evaluation);
    void finish(const Evaluation& evaluation);
    void save_checkpoint();
    void report_progress(double loss, std::int64_t batches_done);
    bool is_first_rank() const { return !site_.group || site_.group->rank() == 0; }
    void note_ranks();
    Batch first_images(std::int64_t count) const;
    LoaderOptions loader_options() const;
    LoaderOptions part_of(LoaderOptions options) const;
    std::int64_t batches_per_epoch() const;
    std::int64_t epochs_to_run() const;

    const RunRequest& request_;
    const TrainingSite& site_;
    const Recipe& recipe_;
    std::optional<RunDirectory> directory_;  // of rank 0
    at::Device device_;
    DataSplits data_;
    ScheduleSettings schedule_;
    std::int64_t epochs_;  // of the recipe, which its schedule and tricks are made for
    std::unique_ptr<Loader> loader_, evaluation_loader_;
    NamedTricks tricks_;
    std::shared_ptr<Network> network_;
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<GradientBuckets> buckets_;
    LayerStatistics statistics_;
    int inner_bits_ = 0;  // of the network as built; 0 before

    TrainingState state_;
    bool converged_ = true;
    double last_checkpoint_ = 0;
};

Trainer::Trainer(const RunRequest& request, const std::filesystem::path& run, const TrainingSite& site)
    : request_(request),
      site_(site),
      recipe_(request.recipe),
      device_(site.device),
      data_(open_splits(data_request(recipe_, site.data_root))),
      schedule_(schedule_settings(recipe_)),
      epochs_(recipe_.integer("training.epochs")) {
    if (is_first_rank()) directory_.emplace(run, request);
    loader_ = std::make_unique<Loader>(data_.train_source, data_.train, part_of(loader_options()));
    evaluation_loader_ =
        std::make_unique<Loader>(data_.evaluation_source, data_.evaluation, part_of(loader_options().in_order()));
    if (batches_per_epoch() == 0)
        throw Error(ExitCode::recipe, fmt::format("a batch of {} is larger than the {} training images",
                                                  recipe_.integer("training.batch_size"), data_.train.size()));
    TrickContext context;
    context.epochs = epochs_;
    context.device = device_;
    context.pretrained_weights = site.pretrained_weights;
    context.given_weights = site.given_weights;
    context.make_fp32_network = [this] {
        ModelSettings settings = model_settings(recipe_, *data_.train_source);
        settings.quantization = {};
        auto network = make_network(recipe_.text("model.name"), settings, request_.seed);
        network->to(device_);
        return network;
    };
    tricks_ = make_tricks(recipe_.value("tricks"), context);
}

LoaderOptions Trainer::loader_options() const {
    LoaderOptions options = training_batches(recipe_, data_, request_.seed);
    options.threads = site_.loader_threads;
    return options;
}

LoaderOptions Trainer::part_of(LoaderOptions options) const {
    if (!site_.group) return options;
    options.part = site_.group->rank();
    options.parts = site_.group->ranks();
    return options;
}

std::int64_t Trainer::batches_per_epoch() const {
    const std::int64_t all = loader_->batches_per_epoch();
    return site_.limit_batches > 0 ? std::min(all, site_.limit_batches) : all;
}

std::int64_t Trainer::epochs_to_run() const {
    return site_.limit_batches > 0 ? 1 : epochs_;
}

// The first images in their order, not augmented.
Batch Trainer::first_images(std::int64_t count) const {
    LoaderOptions options = loader_options().in_order();
    options.batch_size = std::min<std::int64_t>(count, static_cast<std::int64_t>(data_.train.size()));
    Loader loader(data_.train_source, data_.train, options);
    loader.start(0);
    const Batch batch = *loader.next();
    return on_device(batch, device_);
}

// Builds the network of `epoch`, whose bits a trick may set; takes over all tensors when one is there already.
void Trainer::build_network(std::int64_t epoch) {
    ModelSettings settings = model_settings(recipe_, *data_.train_source);
    int bits = full_precision_bits;
    for (const auto& named : tricks_)
        if (const auto chosen = named.trick->bits_in_epoch(epoch)) bits = *chosen;
    for (int* width : {&settings.quantization.weight_bits, &settings.quantization.activation_bits})
        if (*width != full_precision_bits && bits != full_precision_bits) *width = bits;
    if (network_ && bits == inner_bits_) return;
    inner_bits_ = bits;
    const auto before = network_;
    const auto optimizer_before = std::move(optimizer_);
    network_ = make_network(recipe_.text("model.name"), settings, request_.seed);
    network_->to(device_);
    network_->train();
    if (before)
        restore_tensors(network_tensors(*network_), network_tensors(*before), "bit width",
                        MissingQuantizerState::refused);
    optimizer_ = Optimizer::make(optimizer_settings(recipe_), optimized_tensors(*network_, recipe_));
    buckets_ = std::make_unique<GradientBuckets>(network_->parameters(), site_.group);
    if (optimizer_before)
        restore_tensors(optimizer_->state(), optimizer_before->state(), "bit width", MissingQuantizerState::refused);
    for (const auto& named : tricks_) named.trick->attach(*network_);
}

void Trainer::start_afresh() {
    build_network(0);
    if (directory_) directory_->truncate_metrics(0);
    for (const auto& named : tricks_) named.trick->start(*network_);
    calibrate(*network_, first_images(recipe_.integer("quantization.calibration_images")).images);
}

void Trainer::resume(const Checkpoint& checkpoint) {
    const auto group = [&](const std::string& name) {
        const auto position = checkpoint.groups.find(name);
        return position == checkpoint.groups.end() ? std::map<std::string, at::Tensor>{} : position->second;
    };
    const std::string place = directory_ ? directory_->checkpoint_path().string() : "rank 0's checkpoint";
    try {
        if (checkpoint.counters.at(data_key) != data_.fingerprint) throw other_data(place);
        state_ = training_state(checkpoint.counters);
        if (directory_) directory_->truncate_metrics(checkpoint.counters.at(metrics_size_key));
    } catch (const nlohmann::json::exception& error) {
        throw Error(ExitCode::data, fmt::format("is not a checkpoint of a run: {}", error.what()), {}, place);
    }
    build_network(state_.epoch);
    restore_tensors(network_tensors(*network_), group("network"), place, MissingQuantizerState::refused);
    restore_tensors(optimizer_->state(), group("optimizer"), place, MissingQuantizerState::refused);
    for (const auto& named : tricks_)
        restore_tensors(named.trick->state(), group("tricks." + named.name), place, MissingQuantizerState::refused);
    statistics_.restore(group("statistics"));
}

void Trainer::save_checkpoint() {
    if (!directory_) return;
    Checkpoint checkpoint;
    checkpoint.groups["network"] = network_tensors(*network_);
    checkpoint.groups["optimizer"] = optimizer_->state();
    for (const auto& named : tricks_) checkpoint.groups["tricks." + named.name] = named.trick->state();
    checkpoint.groups["statistics"] = statistics_.codes();
    checkpoint.counters = to_json(state_);
    checkpoint.counters[metrics_size_key] = directory_->metrics_size();
    checkpoint.counters[data_key] = data_.fingerprint;
    write_checkpoint(directory_->checkpoint_path(), checkpoint);
    last_checkpoint_ = monotonic_seconds();
}

// Rank 0's state to all ranks, whatever they have made of the same request.
void Trainer::agree_on_start(std::optional<Checkpoint> checkpoint) {
    if (site_.group) share_checkpoint(checkpoint, *site_.group);
    if (checkpoint)
        resume(*checkpoint);
    else
        start_afresh();
    if (!site_.group) return;
    for (const auto& [name, tensor] : network_tensors(*network_)) site_.group->broadcast(tensor);
}

// Adds this number of ranks to those of the run.
void Trainer::note_ranks() {
    const int ranks = site_.group ? site_.group->ranks() : 1;
    if (!state_.ranks.empty() && state_.ranks.back() == ranks) return;
    state_.ranks.push_back(ranks);
    if (directory_ && (ranks > 1 || state_.ranks.size() > 1))
        directory_->append_metrics(
            {{"event", "ranks"}, {"epoch", state_.epoch + 1}, {"batch", state_.batch}, {"ranks", ranks}});
}

TrainingEnd Trainer::run() {
    agree_on_start(directory_ ? read_checkpoint(directory_->checkpoint_path()) : std::nullopt);
    note_ranks();
    last_checkpoint_ = monotonic_seconds();
    while (true) {
        build_network(state_.epoch);
        if (train_epoch() == EpochEnd::stopped) {
            save_checkpoint();
            return TrainingEnd::stopped;
        }
        if (converged_ && loss_is_too_high(state_.epoch_sum.mean().loss)) converged_ = false;
        const bool last = !converged_ || state_.epoch + 1 == epochs_to_run();
        if (last)
            for (const auto& named : tricks_) named.trick->finish(*network_, *loader_);
        const Evaluation evaluation = last ? evaluate_now() : evaluate_between();
        end_epoch(evaluation);
        if (last) {
            finish(evaluation);
            return TrainingEnd::finished;
        }
        save_checkpoint();
    }
}

Trainer::EpochEnd Trainer::train_epoch() {
    network_->join(site_.group, recipe_.flag("training.sync_batch_norm") ? Network::Norms::of_the_whole
                                                                         : Network::Norms::of_the_part);
    loader_->start(static_cast<std::uint64_t>(state_.epoch), state_.batch);
    const std::int64_t batches = batches_per_epoch();
    while (state_.batch < batches) {
        if (any(site_.group.get(), stop_signal() != 0)) return EpochEnd::stopped;
        const double started = monotonic_seconds();
        const auto batch = loader_->next();
        if (!batch) throw Error(ExitCode::failed, "the loader ended before the epoch");
        if (!step(*batch)) {
            converged_ = false;
            return EpochEnd::complete;
        }
        ++state_.batch;
        state_.epoch_seconds += monotonic_seconds() - started;
        if (state_.batch < batches && monotonic_seconds() - last_checkpoint_ >= site_.checkpoint_seconds)
            save_checkpoint();
    }
    return EpochEnd::complete;
}

// Returns whether the loss is finite.
bool Trainer::step(const Batch& batch) {
    const auto [images, labels] = on_device(batch, device_);
    const at::Tensor logits = forward_through(tricks_, *network_, images);
    const at::Tensor cross_entropy = at::cross_entropy_loss(logits, labels);
    at::Tensor loss = cross_entropy;
    for (const auto& named : tricks_) loss = named.trick->loss(loss, {images, logits, labels});
    if (const at::Tensor penalty = network_->penalty(); penalty.defined()) loss = loss + penalty;
    if (any(site_.group.get(), !std::isfinite(loss.item<double>()))) return false;
    EvaluationSum part;
    part.add(cross_entropy.item<double>(), logits, labels);
    const EvaluationSum sum = part.over(site_.group.get());
    optimizer_->zero_grad();
    buckets_->backward(scaled_loss(tricks_, loss));
    if (before_step(tricks_, *network_) == StepChoice::made) move_weights();
    state_.add_step(sum);
    report_progress(sum.mean().loss, state_.batch + 1);
    return true;
}

void Trainer::move_weights() {
    const double progress = static_cast<double>(state_.epoch) +
                            static_cast<double>(state_.batch) / static_cast<double>(batches_per_epoch());
    optimizer_->step(learning_rate_at(schedule_, progress));
    network_->project();
    for (const auto& named : tricks_) named.trick->after_step(*network_);
}

// `batches_done`: of this epoch.
void Trainer::report_progress(double loss, std::int64_t batches_done) {
    const double batches = static_cast<double>(batches_per_epoch());
    const double done = (static_cast<double>(state_.epoch) + static_cast<double>(batches_done) / batches) /
                        static_cast<double>(epochs_to_run());
    site_.on_progress({done, state_.epoch + 1, epochs_to_run(), loss, state_.images_per_second(), state_.epoch_top1});
}

// Judges whole epochs: the mean over a few batches of a shortened one says little.
bool Trainer::loss_is_too_high(double epoch_loss) const {
    if (site_.limit_batches > 0) return false;
    const double guessing = std::log(static_cast<double>(data_.train_source->classes()));
    return epoch_loss > guessing && epoch_loss > *state_.first_loss;
}

// With rank 0's running statistics where each rank has moved its own.
Evaluation Trainer::evaluate_now() {
    if (site_.group && !recipe_.flag("training.sync_batch_norm"))
        for (const auto& buffer : network_->named_buffers())
            if (!is_quantizer_tensor(buffer.key())) site_.group->broadcast(buffer.value());
    return evaluate(*network_, *evaluation_loader_, site_.limit_batches, site_.group.get());
}

// Between epochs, where tricks take back what they do for an evaluation.
Evaluation Trainer::evaluate_between() {
    for (const auto& named : tricks_) named.trick->before_evaluation(*network_);
    const Evaluation evaluation = evaluate_now();
    for (const auto& named : tricks_) named.trick->after_evaluation(*network_);
    return evaluation;
}

void Trainer::end_epoch(const Evaluation& evaluation) {
    const Evaluation training = state_.epoch_sum.mean();
    if (directory_) {
        nlohmann::json layers;  // a network that has diverged has no statistics
        if (converged_) layers = statistics_.measure(*network_, first_images(statistics_images));
        directory_->append_metrics(
            {{"event", "epoch"},
             {"epoch", state_.epoch + 1},
             {"train_loss", training.loss},
             {"train_top1", training.top1},
             {"loss", evaluation.loss},
             {"top1", evaluation.top1},
             {"top5", evaluation.top5},
             {"images_per_second", static_cast<double>(training.images) / std::max(state_.epoch_seconds, 1e-9)},
             {"peak_memory_bytes", resident_memory().peak},
             {"layers", layers}});
    }
    state_.epoch_top1 = evaluation.top1;
    report_progress(training.loss, batches_per_epoch());
    state_.end_epoch();
}

void Trainer::finish(const Evaluation& evaluation) {
    if (!directory_) return;
    const auto weights = directory_->path() / "weights.safetensors";
    save_weights(*network_, weights, {{"recipe_id", recipe_.recipe_id()}, {"seed", std::to_string(request_.seed)}});
    RunMeasurements measured;
    measured.evaluation = evaluation;
    measured.converged = converged_;
    measured.epochs = state_.epoch;
    measured.train_images = static_cast<std::int64_t>(data_.train.size());
    measured.images_per_second = state_.images_per_second();
    measured.train_seconds = state_.train_seconds;
    measured.peak_memory_bytes = static_cast<std::int64_t>(resident_memory().peak);
    measured.dataset_fingerprint = data_.fingerprint;
    measured.wrong_size = data_.wrong_size;
    measured.weights_sha256 = sha256_hex_of_file(weights);
    measured.limit_batches = site_.limit_batches;
    measured.ranks = state_.ranks;
    directory_->write_result(run_result(request_, *network_, measured, directory_->path()));
    std::filesystem::remove(directory_->checkpoint_path());
}

}  // namespace

TrainingEnd train(const RunRequest& request, const std::filesystem::path& run, const TrainingSite& site) {
    const ProcessGroup* group = site.group.get();
    if (any(group, (group == nullptr || group->rank() == 0) && read_result(run))) return TrainingEnd::finished;
    check_parts(request.recipe, group);
    keep_freed_memory();
    at::set_num_threads(1);
    at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
#if TORCH_VERSION_MAJOR >= 2
    at::globalContext().setDeterministicFillUninitializedMemory(false);  // a pass over memory for each new tensor
#endif
    at::globalContext().setAllowTF32CuDNN(false);  // else a GPU's convolutions in FP32 have 10 bits of mantissa
    add_library_version("libtorch", TORCH_VERSION);
    check_plugins(request.recipe);
    use_device(site.device);
    const TrainingEnd end = Trainer(request, run, site).run();
    if (group != nullptr) group->barrier();  // what rank 0 has written is there for all
    return end;
}

}  // namespace dsqbench
