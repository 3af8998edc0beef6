// Where the images of a large data set lie: files in class folders, or members of tar archives, ImageNet's own or those
// that `dsqbench data pack` wrote. The order and the names are the same for the same images, however they are stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "suite/core/file_system.h"
#include "suite/data/dataset.h"
#include "suite/data/tar_index.h"

namespace dsqbench {

class StoredImages {
public:
    // <folder>/train or <folder>/val (test): with <class>/<image> files, <class>.tar archives of images, or archives of
    // <class>/<image>. Throws Error(data) for none of these, for both, and where the split's classes are not those of
    // train. `indexing`: of archives.
    StoredImages(const std::filesystem::path& folder, Split split, const TarIndexing& indexing = {});

    std::int64_t size() const { return static_cast<std::int64_t>(images_.size()); }
    const std::vector<std::string>& classes() const { return classes_; }  // sorted
    int label(std::int64_t index) const { return at(index).label; }
    std::string name(std::int64_t index) const;   // "n01440764/n01440764_18.JPEG"
    std::string place(std::int64_t index) const;  // for messages: the path, with the archive's in front
    bool are_packed() const { return !archives_.empty(); }

    // The encoded file. Throws Error(data). Safe from several threads.
    std::string read(std::int64_t index) const;

private:
    struct Image {
        std::int32_t label = 0, archive = -1;
        std::uint64_t offset = 0, size = 0;  // in the archive
        std::string file;                    // without its class
    };
    const Image& at(std::int64_t index) const { return images_[static_cast<std::size_t>(index)]; }
    void read_folders();
    void read_archives(const TarIndexing& indexing);

    std::filesystem::path folder_;
    std::vector<std::string> classes_;
    std::vector<std::filesystem::path> archives_;
    std::vector<std::shared_ptr<const ReadableFile>> open_;  // the archives, where they are few
    std::vector<Image> images_;                              // by class, then by name
};

}  // namespace dsqbench
