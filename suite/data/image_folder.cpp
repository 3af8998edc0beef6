#include "suite/data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/data/decoded_image.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = std::size_t{256} << 20;

// Hidden entries are left out: file managers and archives of other systems put them everywhere.
std::vector<fs::directory_entry> sorted_entries(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().filename().string().front() != '.') entries.push_back(*entry);
    if (error) throw Error(ExitCode::data, "cannot list the folder: " + error.message(), {}, folder.string());
    std::sort(entries.begin(), entries.end());
    return entries;
}

void check_memory(std::size_t count, const ImageShape& shape, std::size_t max_bytes, const fs::path& folder) {
    if (count <= max_bytes / shape.bytes()) return;
    throw Error(ExitCode::data,
                fmt::format("{} images of {}x{} take {} MiB of memory; at most {} are read", count, shape.height,
                            shape.width, (count * shape.bytes()) >> 20, max_bytes >> 20),
                "scale the images down, or use fewer", folder.string());
}

void check_same_shape(const ImageShape& shape, const ImageShape& first, const fs::path& path) {
    if (shape == first) return;
    throw Error(
        ExitCode::data,
        fmt::format("is {}x{} where the first image is {}x{}", shape.height, shape.width, first.height, first.width),
        "scale all images to one size", path.string());
}

// train/'s sub-folders, which those of the split must be too.
std::vector<std::string> class_folders(const fs::path& folder, Split split) {
    auto classes = class_names(folder / "train");
    const auto part = split_folder(folder, split);
    if (class_names(part) != classes)
        throw Error(ExitCode::data, "its class folders are not those of train/", "give both the same class folders",
                    part.string());
    return classes;
}

std::shared_ptr<const Dataset> open(const DatasetOptions&, const fs::path& folder, Split split) {
    return open_image_folder(folder, split);
}

const DatasetRegistration registration{
    "image-folder",
    {.open = open,
     .summary = "your own JPEG or PNG images of one size, a folder a class: train/<class>/ and test/<class>/",
     .folder_name = "image-folder",
     .system_folders = {},
     .how_to_get = "mkdir -p image-folder/train/<class> image-folder/test/<class> and put your images there",
     .mean = {},
     .standard_deviation = {},
     .files = {"train"}}};

}  // namespace

std::vector<std::string> class_names(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : sorted_entries(folder))
        if (entry.is_directory(error)) names.push_back(entry.path().filename().string());
    if (names.empty())
        throw Error(ExitCode::data, "holds no class folders", "put the images of each class into a folder of its own",
                    folder.string());
    return names;
}

bool is_image_name(const fs::path& path) {
    std::string extension = path.extension().string();
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

std::vector<fs::path> listed(const fs::path& folder) {
    std::vector<fs::path> paths;
    for (const auto& entry : sorted_entries(folder)) paths.push_back(entry.path());
    return paths;
}

bool has_image_folders(const fs::path& folder) {
    return fs::is_directory(folder / "train");
}

fs::path split_folder(const fs::path& folder, Split split) {
    if (split == Split::train) return folder / "train";
    for (const char* name : {"test", "val"})
        if (fs::is_directory(folder / name)) return folder / name;
    throw Error(ExitCode::data, "holds neither test/ nor val/", "put the test images into test/<class>/",
                folder.string());
}

std::vector<ImageFile> image_files(const fs::path& folder, const std::vector<std::string>& classes) {
    std::vector<ImageFile> files;
    for (std::size_t label = 0; label < classes.size(); ++label) {
        const std::size_t before = files.size();
        for (const auto& entry : sorted_entries(folder / classes[label]))
            if (is_image_name(entry.path())) files.push_back({entry.path(), static_cast<std::int32_t>(label)});
        if (files.size() == before)
            throw Error(ExitCode::data, "holds no .jpg, .jpeg or .png file", {}, (folder / classes[label]).string());
    }
    return files;
}

std::shared_ptr<const Dataset> open_image_folder(const fs::path& folder, Split split) {
    return std::make_shared<MemoryDataset>(
        read_image_folder(split_folder(folder, split), class_folders(folder, split)));
}

LabelledImages read_image_folder(const fs::path& folder, const std::vector<std::string>& classes,
                                 std::size_t max_bytes) {
    const auto files = image_files(folder, classes);
    LabelledImages set;
    set.classes = static_cast<int>(classes.size());
    set.source = "image folder";
    for (const auto& [path, label] : files) {
        const DecodedImage image = decode_image(read_file(path, max_file_bytes), path.string());
        if (set.labels.empty()) {
            set.shape = image.shape;
            check_memory(files.size(), set.shape, max_bytes, folder);
            set.pixels.reserve(files.size() * set.shape.bytes());
        }
        check_same_shape(image.shape, set.shape, path);
        set.pixels.insert(set.pixels.end(), image.pixels.begin(), image.pixels.end());
        set.labels.push_back(label);
    }
    return set;
}

}  // namespace dsqbench
