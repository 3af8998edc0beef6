#include "suite/data/cifar.h"

#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/data/image_folder.h"

namespace dsqbench {

namespace {

constexpr ImageShape shape{3, 32, 32};

using Paths = std::vector<std::filesystem::path>;

std::shared_ptr<const Dataset> open_batches(const Paths& paths, const CifarLayout& layout) {
    LabelledImages all{shape, layout.classes, {}, {}, "binary batches"};
    for (const auto& path : paths) {
        const LabelledImages batch = parse_cifar(read_file(path), layout, path.string());
        all.pixels.insert(all.pixels.end(), batch.pixels.begin(), batch.pixels.end());
        all.labels.insert(all.labels.end(), batch.labels.begin(), batch.labels.end());
    }
    return std::make_shared<MemoryDataset>(std::move(all));
}

std::shared_ptr<const Dataset> open_cifar10_images(const std::filesystem::path& folder, Split split) {
    auto images = open_image_folder(folder, split);
    if (images->shape() == shape && images->classes() == cifar10_layout.classes) return images;
    throw Error(ExitCode::data,
                fmt::format("holds {} classes of {}x{} images; CIFAR-10 has 10 of 32x32", images->classes(),
                            images->shape().height, images->shape().width),
                "name a set of your own 'image-folder' in the recipe", folder.string());
}

std::shared_ptr<const Dataset> open_cifar10(const DatasetOptions&, const std::filesystem::path& folder, Split split) {
    if (has_image_folders(folder)) return open_cifar10_images(folder, split);
    if (split == Split::test) return open_batches({folder / "test_batch.bin"}, cifar10_layout);
    Paths paths;
    for (int i = 1; i <= 5; ++i) paths.push_back(folder / fmt::format("data_batch_{}.bin", i));
    return open_batches(paths, cifar10_layout);
}

std::shared_ptr<const Dataset> open_cifar100(const DatasetOptions&, const std::filesystem::path& folder, Split split) {
    return open_batches({folder / (split == Split::train ? "train.bin" : "test.bin")}, cifar100_layout);
}

const DatasetRegistration cifar10{
    "cifar10",
    {.open = open_cifar10,
     .summary = "photographs: 50,000 + 10,000 colour images of 32x32, 10 classes; binary batches or an image folder "
                "(fingerprinted as what it is)",
     .folder_name = "cifar-10-batches-bin",
     .system_folders = {},
     .how_to_get = "curl -fO https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz && tar xzf cifar-10-binary.tar.gz",
     .mean = {0.4914, 0.4822, 0.4465},  // of the training images, as in every published recipe
     .standard_deviation = {0.2470, 0.2435, 0.2616},
     .files = {"data_batch_1.bin", "train/airplane"},
     .train_images = 50000,
     .test_images = 10000}};

const DatasetRegistration cifar100{
    "cifar100",
    {.open = open_cifar100,
     .summary = "photographs: 50,000 + 10,000 colour images of 32x32, 100 classes; binary batches",
     .folder_name = "cifar-100-binary",
     .system_folders = {},
     .how_to_get =
         "curl -fO https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz && tar xzf cifar-100-binary.tar.gz",
     .mean = {0.5071, 0.4865, 0.4409},
     .standard_deviation = {0.2673, 0.2564, 0.2762},
     .files = {"train.bin"},
     .train_images = 50000,
     .test_images = 10000}};

}  // namespace

LabelledImages parse_cifar(std::string_view bytes, const CifarLayout& layout, const std::string& place) {
    const std::size_t labels = static_cast<std::size_t>(layout.label_bytes), record = labels + shape.bytes();
    if (bytes.empty() || bytes.size() % record != 0)
        throw Error(ExitCode::data,
                    fmt::format("{} bytes are not a whole number of records of {}", bytes.size(), record),
                    "the file is truncated or not a CIFAR batch: get it again", place);
    LabelledImages images{shape, layout.classes, {}, {}, "binary batches"};
    images.pixels.reserve(bytes.size() / record * shape.bytes());
    for (; !bytes.empty(); bytes.remove_prefix(record)) {
        images.labels.push_back(static_cast<std::uint8_t>(bytes[labels - 1]));
        images.pixels.insert(images.pixels.end(), bytes.begin() + labels, bytes.begin() + record);
    }
    check_labels(images, place);
    return images;
}

}  // namespace dsqbench
