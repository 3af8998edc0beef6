#include "suite/data/stored_images.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "suite/core/error.h"
#include "suite/data/image_folder.h"
#include "suite/data/tar_index.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = std::size_t{64} << 20;
constexpr std::size_t most_open = 256;  // archives; 1,024 is what a process may have open by default

std::vector<fs::path> archives_in(const fs::path& folder) {
    std::vector<fs::path> archives;
    for (const auto& path : listed(folder))
        if (path.extension() == ".tar") archives.push_back(path);
    return archives;
}

// The class of a member: the folder that it is in, or the archive that is one class.
std::pair<std::string, std::string> class_and_file(const std::string& member, const fs::path& archive) {
    const auto slash = member.rfind('/');
    if (slash == std::string::npos || slash == 0 || member.substr(0, slash) == ".")
        return {archive.stem().string(), member.substr(slash == std::string::npos ? 0 : slash + 1)};
    const auto before = member.rfind('/', slash - 1);
    const auto start = before == std::string::npos ? 0 : before + 1;
    return {member.substr(start, slash - start), member.substr(slash + 1)};
}

bool is_image(const std::string& file) {
    return is_image_name(file) && file.front() != '.';
}

// Sorted, of the images in the archives of a folder.
std::vector<std::string> classes_in(const std::vector<fs::path>& archives, const TarIndexing& indexing) {
    std::set<std::string> classes;
    const auto members = indexed_tar_members(archives, indexing);
    for (std::size_t archive = 0; archive < archives.size(); ++archive)
        for (const TarMember& member : members[archive]) {
            const auto [name, file] = class_and_file(member.name, archives[archive]);
            if (is_image(file)) classes.insert(name);
        }
    return {classes.begin(), classes.end()};
}

}  // namespace

StoredImages::StoredImages(const fs::path& folder, Split split, const TarIndexing& indexing)
    : folder_(split_folder(folder, split)) {
    archives_ = archives_in(folder_);
    archives_.empty() ? read_folders() : read_archives(indexing);
    if (split == Split::train) return;
    const fs::path train = split_folder(folder, Split::train);
    // A class's folder is known by its name; archives say what they hold only when they are read.
    if (classes_ != (archives_in(train).empty() ? class_names(train) : classes_in(archives_in(train), indexing)))
        throw Error(ExitCode::data, "its classes are not those of train/", "give both the same classes",
                    folder_.string());
}

void StoredImages::read_folders() {
    classes_ = class_names(folder_);
    for (const auto& file : image_files(folder_, classes_))
        images_.push_back({file.label, -1, 0, 0, file.path.filename().string()});
}

void StoredImages::read_archives(const TarIndexing& indexing) {
    for (const auto& path : listed(folder_))
        if (fs::is_directory(path))
            throw Error(ExitCode::data, "holds archives and folders", "keep the one or the other", folder_.string());
    std::map<std::string, std::vector<Image>> by_class;
    const auto members = indexed_tar_members(archives_, indexing);
    for (std::size_t archive = 0; archive < archives_.size(); ++archive)
        for (const TarMember& member : members[archive]) {
            const auto [name, file] = class_and_file(member.name, archives_[archive]);
            if (!is_image(file)) continue;
            by_class[name].push_back({0, static_cast<std::int32_t>(archive), member.offset, member.size, file});
        }
    for (auto& [name, images] : by_class) {
        std::sort(images.begin(), images.end(), [](const Image& a, const Image& b) { return a.file < b.file; });
        for (std::size_t i = 0; i + 1 < images.size(); ++i)
            if (images[i].file == images[i + 1].file)
                throw Error(ExitCode::data, "its archives hold '" + name + "/" + images[i].file + "' twice",
                            "keep one of them", folder_.string());
        for (Image& image : images) {
            image.label = static_cast<std::int32_t>(classes_.size());
            images_.push_back(std::move(image));
        }
        classes_.push_back(name);
    }
    if (archives_.size() <= most_open)
        for (const auto& archive : archives_) open_.push_back(std::make_shared<const ReadableFile>(archive));
    if (images_.empty())
        throw Error(ExitCode::data, "its archives hold no .jpg, .jpeg or .png file", {}, folder_.string());
}

std::string StoredImages::name(std::int64_t index) const {
    return classes_[static_cast<std::size_t>(label(index))] + "/" + at(index).file;
}

std::string StoredImages::place(std::int64_t index) const {
    const Image& image = at(index);
    if (image.archive < 0) return (folder_ / name(index)).string();
    return archives_[static_cast<std::size_t>(image.archive)].string() + ":" + name(index);
}

std::string StoredImages::read(std::int64_t index) const {
    const Image& image = at(index);
    if (image.archive < 0) return read_file(folder_ / name(index), max_file_bytes);
    if (image.size > max_file_bytes) throw Error(ExitCode::data, "is larger than 64 MiB", "remove it", place(index));
    const auto archive = static_cast<std::size_t>(image.archive);
    std::string bytes = open_.empty() ? ReadableFile(archives_[archive]).read(image.offset, image.size)
                                      : open_[archive]->read(image.offset, image.size);
    if (bytes.size() != image.size) throw Error(ExitCode::data, "breaks off", "get the archive again", place(index));
    return bytes;
}

}  // namespace dsqbench
