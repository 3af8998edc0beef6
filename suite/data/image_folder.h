// A folder of images, one sub-folder a class: train/<class>/*.jpg and test/<class>/*.png, or val/ for test/.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "suite/data/memory_dataset.h"

namespace dsqbench {

bool has_image_folders(const std::filesystem::path& folder);

// Classes are train/'s sub-folders sorted by name; test/ must have the same. All images are decoded here, once.
std::shared_ptr<const Dataset> open_image_folder(const std::filesystem::path& folder, Split split);

// The images of <folder>/<class>/, classes in the order given, files sorted by name. Throws Error(data) that names the
// file for one that is damaged or not as large as the first, and when they would take more than `max_bytes` of memory.
LabelledImages read_image_folder(const std::filesystem::path& folder, const std::vector<std::string>& classes,
                                 std::size_t max_bytes = std::size_t{4} << 30);

}  // namespace dsqbench
