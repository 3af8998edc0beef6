#include "suite/data/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "suite/core/error.h"
#include "suite/core/random.h"

namespace dsqbench {

LoaderOptions LoaderOptions::in_order() const {
    LoaderOptions options = *this;
    options.augmentation = augmentation.deterministic();
    options.order = Order::sequential;
    options.last_batch = LastBatch::keep;
    return options;
}

namespace {

using Indices = std::vector<std::int64_t>;

// What does not change from epoch to epoch.
struct Source {
    std::shared_ptr<const Dataset> dataset;
    Indices indices;
    LoaderOptions options;
    PreparedAugmentation augmentation;

    std::int64_t batches() const {
        const auto count = static_cast<std::int64_t>(indices.size());
        const bool keep = options.last_batch == LoaderOptions::LastBatch::keep;
        return count / options.batch_size + (keep && count % options.batch_size != 0 ? 1 : 0);
    }
};

void check(const Dataset& dataset, const Indices& indices, const LoaderOptions& options) {
    if (options.batch_size < 1 || options.threads < 1 || options.batches_ahead < 1)
        throw Error(ExitCode::usage,
                    fmt::format("a loader with batches of {}, {} threads, {} batches ahead: each must be at least 1",
                                options.batch_size, options.threads, options.batches_ahead));
    if (options.part < 0 || options.part >= options.parts)
        throw Error(ExitCode::usage, fmt::format("part {} of batches in {} parts", options.part, options.parts));
    for (const std::int64_t index : indices)
        if (index < 0 || index >= dataset.size())
            throw Error(ExitCode::failed, fmt::format("image {} of a data set of {}", index, dataset.size()));
}

Indices order_of(const Source& source, std::uint64_t epoch) {
    Indices order = source.indices;
    if (source.options.order == LoaderOptions::Order::shuffled)
        Random(derive_seed(source.options.seed, "order", {epoch})).shuffle(order);
    return order;
}

// One epoch: threads claim batch numbers in order and put what they prepared, or the error, under that number.
class Pass {
public:
    Pass(const Source& source, std::uint64_t epoch, std::int64_t first_batch)
        : source_(source),
          order_(order_of(source, epoch)),
          augment_seed_(derive_seed(source.options.seed, "augment", {epoch})),
          end_(source.batches()),
          claimed_(std::min(first_batch, end_)),
          delivered_(claimed_) {
        try {
            for (int i = 0; i < source.options.threads; ++i) threads_.emplace_back([this] { work(); });
        } catch (...) {
            stop();
            throw;
        }
    }
    ~Pass() { stop(); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    // After an error, every further call throws it again.
    std::optional<Batch> next() {
        std::unique_lock lock(mutex_);
        if (delivered_ == end_) return std::nullopt;
        changed_.wait(lock, [this] { return ready_.count(delivered_) > 0; });
        const auto position = ready_.find(delivered_);
        if (position->second.error) std::rethrow_exception(position->second.error);
        Batch batch = std::move(position->second.batch);
        ready_.erase(position);
        ++delivered_;
        changed_.notify_all();
        return batch;
    }

private:
    struct Prepared {
        Batch batch;
        std::exception_ptr error;
    };

    void stop() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_all();
        for (auto& thread : threads_) thread.join();
    }

    // Waits for room in the queue, then takes the next batch number; nullopt when there is nothing left to do.
    std::optional<std::int64_t> claim() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] {
            return stopped_ || claimed_ == end_ || claimed_ < delivered_ + source_.options.batches_ahead;
        });
        if (stopped_ || claimed_ == end_) return std::nullopt;
        return claimed_++;
    }

    void work() {
        while (const auto number = claim()) {
            Prepared prepared;
            try {
                prepared.batch = prepare(*number);
            } catch (...) {
                prepared.error = std::current_exception();
            }
            const std::lock_guard lock(mutex_);
            ready_.emplace(*number, std::move(prepared));
            changed_.notify_all();
        }
    }

    Batch prepare(std::int64_t number) const {
        const LoaderOptions& options = source_.options;
        const std::int64_t begin = number * options.batch_size;
        const std::int64_t whole = std::min(options.batch_size, static_cast<std::int64_t>(order_.size()) - begin);
        const std::int64_t first = begin + whole * options.part / options.parts;
        const std::int64_t count = begin + whole * (options.part + 1) / options.parts - first;
        const ImageShape shape = source_.dataset->shape();
        Batch batch{at::empty({count, shape.channels, shape.height, shape.width}, at::kFloat),
                    at::empty({count}, at::kLong)};
        float* values = batch.images.data_ptr<float>();
        std::int64_t* labels = batch.labels.data_ptr<std::int64_t>();
        std::vector<std::uint8_t> pixels(shape.bytes());
        for (std::int64_t position = first; position < first + count; ++position, values += shape.bytes()) {
            const std::int64_t index = order_[static_cast<std::size_t>(position)];
            Random random = image_random(position);
            if (options.augmentation.views)
                source_.dataset->training_image(index, random, pixels.data());
            else
                source_.dataset->image(index, pixels.data());
            source_.augmentation.apply(pixels.data(), random, values);
            *labels++ = source_.dataset->label(index);
        }
        return batch;
    }

    // Mixed once more, as neighbouring SplitMix64 states would give overlapping streams.
    Random image_random(std::int64_t position) const {
        return Random(Random(augment_seed_ ^ static_cast<std::uint64_t>(position)).next());
    }

    const Source& source_;
    const Indices order_;
    const std::uint64_t augment_seed_;
    const std::int64_t end_;

    std::mutex mutex_;  // guards what follows, up to the threads
    std::condition_variable changed_;
    std::int64_t claimed_, delivered_;
    std::map<std::int64_t, Prepared> ready_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace

struct Loader::State {
    Source source;
    std::unique_ptr<Pass> pass;
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices, LoaderOptions options) {
    check(*dataset, indices, options);
    PreparedAugmentation augmentation(options.augmentation, dataset->shape());
    state_ = std::make_unique<State>(
        State{{std::move(dataset), std::move(indices), std::move(options), std::move(augmentation)}, nullptr});
}

Loader::~Loader() = default;

std::int64_t Loader::batches_per_epoch() const {
    return state_->source.batches();
}

void Loader::start(std::uint64_t epoch, std::int64_t first_batch) {
    assert(first_batch >= 0);
    state_->pass.reset();  // ends the old threads before new ones start
    state_->pass = std::make_unique<Pass>(state_->source, epoch, first_batch);
}

std::optional<Batch> Loader::next() {
    assert(state_->pass && "start() comes first");
    return state_->pass->next();
}

}  // namespace dsqbench
