// Data sets: images as bytes, labels, a fingerprint. Everything else (augmentation, batching) stands on this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "suite/core/random.h"
#include "suite/core/registry.h"

namespace dsqbench {

struct ImageShape {
    int channels = 0, height = 0, width = 0;
    bool operator==(const ImageShape&) const = default;
    std::size_t bytes() const { return static_cast<std::size_t>(channels) * height * width; }
};

// Methods and facts. Implementations are immutable after construction and safe to read from several threads.
class Dataset {
public:
    virtual ~Dataset() = default;

    virtual std::int64_t size() const = 0;
    virtual ImageShape shape() const = 0;  // one for all images
    virtual int classes() const = 0;
    virtual int label(std::int64_t index) const = 0;  // 0 .. classes - 1
    // The pixels as [channels, height, width] bytes, into `pixels` (shape().bytes() of them).
    virtual void image(std::int64_t index, std::uint8_t* pixels) const = 0;
    // The same for training: a random part of it where a set's images are larger than its shape.
    virtual void training_image(std::int64_t index, Random&, std::uint8_t* pixels) const { image(index, pixels); }
    // SHA-256 over the source's kind and the content (images and labels in order), so that a row says what it was
    // trained on.
    virtual std::string fingerprint() const = 0;
    // The kind of files that it was read from: "IDX", "binary batches", "image folder"; "" when there are none.
    virtual std::string source() const { return {}; }
};

enum class Split { train, test };

// What becomes of an image whose file is damaged, but begins well: the end of the run, or grey where data is missing.
enum class DamagedImages { refused, filled };

// Square views of images of any size (suite/data/views.h).
struct ViewOptions {
    int size = 224;               // pixels of the view's sides
    int resize = 256;             // of the image's shorter side before the centre is cut out for evaluation
    double smallest_area = 0.08;  // of the image, that a training crop covers at least
    double color_jitter = 0;      // brightness, contrast and saturation times 1 - this to 1 + this
    DamagedImages damaged = DamagedImages::refused;
};

// What a recipe may choose of sets that are not fixed by their files.
struct DatasetOptions {
    std::int64_t synthetic_train_images = 2048, synthetic_test_images = 512;
    int synthetic_classes = 10;
    ImageShape synthetic_shape{3, 32, 32};
    std::uint64_t synthetic_seed = 0;
    ViewOptions view;
};

// A data set's reader and the facts that training needs beside its images.
struct DatasetEntry {
    static constexpr const char* kind = "data set";
    std::function<std::shared_ptr<const Dataset>(const DatasetOptions&, const std::filesystem::path& folder, Split)>
        open;
    std::string summary;
    std::string folder_name;                  // looked for under --data-root: "cifar-10-batches-bin"
    std::vector<std::string> system_folders;  // where a package puts it: "/usr/share/datasets/fashion-mnist"
    std::string how_to_get;                   // the command, for the hint of exit code 4
    // Per channel, of pixels in [0, 1]; one value stands for all channels; empty: the request must say.
    std::vector<double> mean, standard_deviation;
    std::vector<std::string> files;  // one of these marks a folder as holding this set; empty: it needs no folder
    std::int64_t train_images = 0, test_images = 0;  // of the whole set; 0 where any number is
};

using DatasetRegistration = Registration<DatasetEntry>;

// Where `name` lies: --data-root/<folder_name>, --data-root itself when it holds the files, else a system folder; ""
// for a set that needs none. Throws Error(data) that names every place looked at and the command that gets the data.
std::filesystem::path find_dataset(const std::string& name, const std::filesystem::path& data_root);

// What a recipe asks of its data.
struct DataRequest {
    std::string name;                 // a registered data set
    std::filesystem::path data_root;  // a site fact: may be empty
    DatasetOptions options;
    std::int64_t train_images = 0;       // a random subset of this size, drawn by split_seed; 0 for all
    std::int64_t validation_images = 0;  // held out of the training set by split_seed, before the subset is drawn
    std::uint64_t split_seed = 0;
    enum class EvaluateOn { test, validation } evaluate_on = EvaluateOn::test;
    std::vector<double> mean, standard_deviation;  // empty: the data set's own; one value stands for all channels
};

// What a run trains and measures on.
struct DataSplits {
    std::shared_ptr<const Dataset> train_source, evaluation_source;
    std::vector<std::int64_t> train, evaluation;   // indices into the sources
    std::vector<double> mean, standard_deviation;  // one value a channel
    std::string fingerprint;                       // of both sources together
    std::string wrong_size;                        // of either source
};

// "130 training images instead of 50000", or "" for a split that is as large as the set `name` is.
std::string wrong_size(const std::string& name, Split split, const Dataset& dataset);

// Throws Error(data) for a missing or damaged set, Error(recipe) for a request that the set cannot meet.
DataSplits open_splits(const DataRequest& request);

}  // namespace dsqbench
