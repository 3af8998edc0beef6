// MNIST (LeCun et al. 1998) and Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): 60,000 + 10,000 grey
// images of 28x28 in 10 classes, under the same file names.
#include "suite/core/error.h"
#include "suite/data/dataset.h"
#include "suite/data/idx.h"

namespace dsqbench {
namespace {

IdxArray read_plain_or_gzip(const std::filesystem::path& path) {
    const std::filesystem::path compressed = path.string() + ".gz";
    return read_idx(std::filesystem::exists(path) ? path : compressed);
}

std::shared_ptr<const Dataset> open(const DatasetOptions&, const std::filesystem::path& folder, Split split) {
    const std::string prefix = split == Split::train ? "train" : "t10k";
    const IdxArray images = read_plain_or_gzip(folder / (prefix + "-images-idx3-ubyte"));
    const IdxArray labels = read_plain_or_gzip(folder / (prefix + "-labels-idx1-ubyte"));
    return std::make_shared<MemoryDataset>(labelled_images(images, labels, 10));
}

const std::vector<std::string> files{"train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"};

const DatasetRegistration mnist{
    "mnist",
    {.open = open,
     .summary = "handwritten digits: 60,000 + 10,000 grey images of 28x28, 10 classes",
     .folder_name = "mnist",
     .system_folders = {},
     .how_to_get =
         "for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do curl --create-dirs "
         "-fo mnist/$f-ubyte.gz https://storage.googleapis.com/cvdf-datasets/mnist/$f-ubyte.gz; done",
     .mean = {0.1307},  // of the training images, as in every published recipe; `dsqbench data check` measures it
     .standard_deviation = {0.3081},
     .files = files,
     .train_images = 60000,
     .test_images = 10000}};

const DatasetRegistration fashion_mnist{
    "fashion-mnist",
    {.open = open,
     .summary = "articles of clothing: 60,000 + 10,000 grey images of 28x28, 10 classes",
     .folder_name = "fashion-mnist",
     .system_folders = {"/usr/share/datasets/fashion-mnist"},
     .how_to_get = "apt-get install dataset-fashion-mnist",
     .mean = {0.2860},
     .standard_deviation = {0.3530},
     .files = files,
     .train_images = 60000,
     .test_images = 10000}};

}  // namespace
}  // namespace dsqbench
