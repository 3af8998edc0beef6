// ImageNet's layout: train/<class>/*.JPEG and val/<class>/*.JPEG, images of any size, read and decoded when they are
// asked for.
#include <fmt/format.h>

#include <mutex>
#include <set>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/data/image_folder.h"
#include "suite/data/views.h"

namespace dsqbench {

namespace {

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

class LargeImages : public Dataset {
public:
    LargeImages(const std::filesystem::path& folder, std::vector<std::string> classes, const ViewOptions& view)
        : folder_(folder), classes_(std::move(classes)), view_(view) {
        const auto files = image_files(folder, classes_);
        Sha256 hash;
        hash.update("large images\n");
        for (const auto& [path, label] : files) {
            names_.push_back(path.filename().string());
            labels_.push_back(label);
            hash.update(classes_[static_cast<std::size_t>(label)] + "/" + names_.back() + "\n");
        }
        fingerprint_ = hash.hex_digest();
    }

    std::int64_t size() const override { return static_cast<std::int64_t>(labels_.size()); }
    ImageShape shape() const override { return {3, view_.size, view_.size}; }
    int classes() const override { return static_cast<int>(classes_.size()); }
    int label(std::int64_t index) const override { return labels_[static_cast<std::size_t>(index)]; }
    std::string source() const override { return "image folder, decoded when read"; }
    // Over the names and not the content, which would take an hour to read.
    std::string fingerprint() const override { return fingerprint_; }

    void image(std::int64_t index, std::uint8_t* pixels) const override {
        const auto path = path_of(index);
        note(index, path, evaluation_view(read_file(path, max_file_bytes), path.string(), view_, pixels));
    }
    void training_image(std::int64_t index, Random& random, std::uint8_t* pixels) const override {
        const auto path = path_of(index);
        note(index, path, training_view(read_file(path, max_file_bytes), path.string(), view_, random, pixels));
    }

private:
    // Says once of every damaged image that it was filled.
    void note(std::int64_t index, const std::filesystem::path& path, const std::string& damage) const {
        if (damage.empty()) return;
        const std::lock_guard lock(mutex_);
        if (noted_.insert(index).second) fmt::print(stderr, "dsqbench: note: {}: {}\n", path.string(), damage);
    }

    std::filesystem::path path_of(std::int64_t index) const {
        return folder_ / classes_[static_cast<std::size_t>(label(index))] / names_[static_cast<std::size_t>(index)];
    }

    std::filesystem::path folder_;
    std::vector<std::string> classes_;
    ViewOptions view_;
    std::vector<std::string> names_;
    std::vector<std::int32_t> labels_;
    std::string fingerprint_;
    mutable std::mutex mutex_;
    mutable std::set<std::int64_t> noted_;
};

std::shared_ptr<const Dataset> open(const DatasetOptions& options, const std::filesystem::path& folder, Split split) {
    const auto classes = class_folders(folder, split);
    return std::make_shared<LargeImages>(split_folder(folder, split), classes, options.view);
}

// Mean and standard deviation: torchvision's.
const DatasetRegistration registration{
    "imagenet",
    {.open = open,
     .summary = "ImageNet (ILSVRC 2012), or any images of any size: train/<class>/*.JPEG and val/<class>/*.JPEG",
     .folder_name = "imagenet",
     .system_folders = {},
     .how_to_get = "an account at image-net.org: ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar, unpacked to "
                   "imagenet/train/<class>/*.JPEG and imagenet/val/<class>/*.JPEG",
     .mean = {0.485, 0.456, 0.406},
     .standard_deviation = {0.229, 0.224, 0.225},
     .files = {"train"}}};

}  // namespace
}  // namespace dsqbench
