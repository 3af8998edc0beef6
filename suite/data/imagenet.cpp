// ImageNet's layout: train/<class>/*.JPEG and val/<class>/*.JPEG, or archives of them; images of any size, read and
// decoded when they are asked for.
#include <fmt/format.h>

#include <mutex>
#include <set>

#include "suite/core/hash.h"
#include "suite/data/stored_images.h"
#include "suite/data/views.h"

namespace dsqbench {

namespace {

class LargeImages : public Dataset {
public:
    LargeImages(StoredImages images, const ViewOptions& view) : images_(std::move(images)), view_(view) {
        Sha256 hash;
        hash.update("large images\n");
        for (std::int64_t i = 0; i < images_.size(); ++i) hash.update(images_.name(i) + "\n");
        fingerprint_ = hash.hex_digest();
    }

    std::int64_t size() const override { return images_.size(); }
    ImageShape shape() const override { return {3, view_.size, view_.size}; }
    int classes() const override { return static_cast<int>(images_.classes().size()); }
    int label(std::int64_t index) const override { return images_.label(index); }
    std::string source() const override {
        return images_.are_packed() ? "tar archives, decoded when read" : "image folder, decoded when read";
    }
    // Over the names and not the content, which would take an hour to read.
    std::string fingerprint() const override { return fingerprint_; }

    void image(std::int64_t index, std::uint8_t* pixels) const override {
        note(index, evaluation_view(images_.read(index), images_.place(index), view_, pixels));
    }
    void training_image(std::int64_t index, Random& random, std::uint8_t* pixels) const override {
        note(index, training_view(images_.read(index), images_.place(index), view_, random, pixels));
    }

private:
    // Says once of every damaged image that it was filled.
    void note(std::int64_t index, const std::string& damage) const {
        if (damage.empty()) return;
        const std::lock_guard lock(mutex_);
        if (noted_.insert(index).second) fmt::print(stderr, "dsqbench: note: {}: {}\n", images_.place(index), damage);
    }

    StoredImages images_;
    ViewOptions view_;
    std::string fingerprint_;
    mutable std::mutex mutex_;
    mutable std::set<std::int64_t> noted_;
};

std::shared_ptr<const Dataset> open(const DatasetOptions& options, const std::filesystem::path& folder, Split split) {
    return std::make_shared<LargeImages>(StoredImages(folder, split), options.view);
}

// Mean and standard deviation: torchvision's.
const DatasetRegistration registration{
    "imagenet",
    {.open = open,
     .summary =
         "ImageNet (ILSVRC 2012), or any images of any size: train/<class>/*.JPEG and val/<class>/*.JPEG, or tar "
         "archives",
     .folder_name = "imagenet",
     .system_folders = {},
     .how_to_get = "an account at image-net.org: ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar, unpacked to "
                   "imagenet/train/<class>/*.JPEG and imagenet/val/<class>/*.JPEG",
     .mean = {0.485, 0.456, 0.406},
     .standard_deviation = {0.229, 0.224, 0.225},
     .files = {"train"},
     .train_images = 1281167,
     .test_images = 50000}};

}  // namespace
}  // namespace dsqbench
