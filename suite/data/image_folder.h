// A folder of images, one sub-folder a class: train/<class>/*.jpg and test/<class>/*.png, or val/ for test/.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "suite/data/memory_dataset.h"

namespace dsqbench {

bool has_image_folders(const std::filesystem::path& folder);

// By name: .jpg, .jpeg, .png in any case.
bool is_image_name(const std::filesystem::path& path);

// Entries of a folder by name, without hidden ones. Throws Error(data).
std::vector<std::filesystem::path> listed(const std::filesystem::path& folder);

// Sub-folders, sorted by name. Throws Error(data) for none.
std::vector<std::string> class_names(const std::filesystem::path& folder);

// train/, or test/ or val/, of a folder. Throws Error(data) when it is not there.
std::filesystem::path split_folder(const std::filesystem::path& folder, Split split);

struct ImageFile {
    std::filesystem::path path;
    std::int32_t label = 0;
};
// What <folder>/<class>/ hold, classes in the order given, files sorted by name. Throws Error(data) for an empty class.
std::vector<ImageFile> image_files(const std::filesystem::path& folder, const std::vector<std::string>& classes);

// Classes are train/'s sub-folders sorted by name; test/ must have the same. All images are decoded here, once.
std::shared_ptr<const Dataset> open_image_folder(const std::filesystem::path& folder, Split split);

// The images of <folder>/<class>/, classes in the order given, files sorted by name. Throws Error(data) that names the
// file for one that is damaged or not as large as the first, and when they would take more than `max_bytes` of memory.
LabelledImages read_image_folder(const std::filesystem::path& folder, const std::vector<std::string>& classes,
                                 std::size_t max_bytes = std::size_t{4} << 30);

}  // namespace dsqbench
