// From what a recipe asks to what a run trains and measures on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "suite/core/error.h"
#include "suite/core/hash.h"
#include "suite/core/random.h"
#include "suite/core/text.h"
#include "suite/data/dataset.h"

namespace dsqbench {

namespace {

using Indices = std::vector<std::int64_t>;

const DatasetEntry& entry_of(const DataRequest& request) {
    const auto& registry = Registry<DatasetEntry>::instance();
    if (!registry.contains(request.name))
        throw Error(ExitCode::recipe, "unknown data set '" + request.name + "'",
                    suggestion(request.name, registry.names()), "data.name");
    return registry.find(request.name);
}

Indices first_indices(std::int64_t count) {
    Indices indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
}

// Splits `indices` at random into `count` of them and the others, both in ascending order.
std::pair<Indices, Indices> draw(Indices indices, std::int64_t count, std::uint64_t seed) {
    Random(seed).shuffle(indices);
    Indices drawn(indices.begin(), indices.begin() + count), others(indices.begin() + count, indices.end());
    std::sort(drawn.begin(), drawn.end());
    std::sort(others.begin(), others.end());
    return {drawn, others};
}

void check_counts(const DataRequest& request, std::int64_t available) {
    if (request.train_images < 0 || request.validation_images < 0)
        throw Error(ExitCode::recipe, "a number of images is negative", {},
                    "data.train_images, data.validation_images");
    // Compared without a sum, which could overflow.
    if (request.validation_images >= available || request.train_images > available - request.validation_images)
        throw Error(ExitCode::recipe,
                    fmt::format("data set '{}' has {} training images: too few to hold out {} and train on {}",
                                request.name, available, request.validation_images,
                                request.train_images == 0 ? "the others" : std::to_string(request.train_images)),
                    {}, "data.train_images, data.validation_images");
    if (request.evaluate_on == DataRequest::EvaluateOn::validation && request.validation_images == 0)
        throw Error(ExitCode::recipe, "no images are held out to evaluate on", "set data.validation_images",
                    "data.evaluate_on");
}

// `asked` or else the set's `own`, one value a channel.
std::vector<double> per_channel(const std::vector<double>& asked, const std::vector<double>& own, int channels,
                                const std::string& key) {
    std::vector<double> values = asked.empty() ? own : asked;
    if (values.size() == 1) values.resize(static_cast<std::size_t>(channels), values.front());
    if (values.size() != static_cast<std::size_t>(channels))
        throw Error(ExitCode::recipe, fmt::format("{} values given for images of {} channels", values.size(), channels),
                    "`dsqbench data check` measures them", key);
    return values;
}

void check_spread(const std::vector<double>& values) {
    for (const double value : values)
        if (!std::isfinite(value) || value <= 0)
            throw Error(ExitCode::recipe, fmt::format("{} is not a standard deviation", value), {},
                        "augment.standard_deviation");
}

void check_same_kind(const Dataset& train, const Dataset& evaluation, const std::string& place) {
    if (train.shape() == evaluation.shape() && train.classes() == evaluation.classes()) return;
    throw Error(ExitCode::data, "training and test images differ in size or number of classes", "get the set again",
                place);
}

}  // namespace

std::string wrong_size(const std::string& name, Split split, const Dataset& dataset) {
    const DatasetEntry& entry = Registry<DatasetEntry>::instance().find(name);
    const std::int64_t whole = split == Split::train ? entry.train_images : entry.test_images;
    if (whole == 0 || dataset.size() == whole) return "";
    return fmt::format("{} {} images instead of {}", dataset.size(), split == Split::train ? "training" : "test",
                       whole);
}

DataSplits open_splits(const DataRequest& request) {
    const DatasetEntry& entry = entry_of(request);
    const std::filesystem::path folder = find_dataset(request.name, request.data_root);
    const bool on_test = request.evaluate_on == DataRequest::EvaluateOn::test;

    DataSplits splits;
    splits.train_source = entry.open(request.options, folder, Split::train);
    splits.evaluation_source = on_test ? entry.open(request.options, folder, Split::test) : splits.train_source;
    check_same_kind(*splits.train_source, *splits.evaluation_source, folder.string());
    check_counts(request, splits.train_source->size());

    const auto [held_out, rest] = draw(first_indices(splits.train_source->size()), request.validation_images,
                                       derive_seed(request.split_seed, "validation"));
    splits.train = request.train_images == 0
                       ? rest
                       : draw(rest, request.train_images, derive_seed(request.split_seed, "subset")).first;
    splits.evaluation = on_test ? first_indices(splits.evaluation_source->size()) : held_out;

    const int channels = splits.train_source->shape().channels;
    splits.mean = per_channel(request.mean, entry.mean, channels, "augment.mean");
    splits.standard_deviation =
        per_channel(request.standard_deviation, entry.standard_deviation, channels, "augment.standard_deviation");
    check_spread(splits.standard_deviation);
    splits.wrong_size = wrong_size(request.name, Split::train, *splits.train_source);
    if (on_test && splits.wrong_size.empty())
        splits.wrong_size = wrong_size(request.name, Split::test, *splits.evaluation_source);
    splits.fingerprint = sha256_hex(splits.train_source->fingerprint() + splits.evaluation_source->fingerprint());
    return splits;
}

}  // namespace dsqbench
