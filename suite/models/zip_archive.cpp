#include "suite/models/zip_archive.h"

#include <zip.h>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

struct EntryCloser {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};

std::string text_of(zip_error_t& error) {
    const std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

}  // namespace

void ZipArchive::Discard::operator()(zip* archive) const {
    zip_discard(archive);
}

void ZipArchive::fail(const std::string& message) const {
    throw Error(ExitCode::data, "damaged zip archive: " + message, "get it again", place_);
}

ZipArchive::ZipArchive(std::string_view bytes, const std::string& place) : place_(place), size_(bytes.size()) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), /*freep=*/0, &error);
    if (source == nullptr) fail(text_of(error));
    archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (!archive_) {
        zip_source_free(source);
        fail(text_of(error));
    }
    zip_error_fini(&error);
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
        const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
        if (name == nullptr) fail("an entry has no name");
        if (!entries_.emplace(name, static_cast<std::uint64_t>(i)).second) fail("two entries have one name");
    }
}

std::string ZipArchive::read(const std::string& name) const {
    const auto position = entries_.find(name);
    if (position == entries_.end()) fail("'" + name.substr(0, 80) + "' is missing");
    const zip_uint64_t index = position->second;
    zip_stat_t facts;
    if (zip_stat_index(archive_.get(), index, 0, &facts) != 0 ||
        (facts.valid & (ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD)) != (ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD))
        fail("nothing is known of '" + name + "'");
    if (facts.comp_method != ZIP_CM_STORE) fail("'" + name + "' is compressed, which PyTorch's files are not");
    if (facts.size > size_) fail("'" + name + "' is larger than the archive");
    const std::unique_ptr<zip_file_t, EntryCloser> file(zip_fopen_index(archive_.get(), index, 0));
    // One byte more than there is: the checksum is compared at the end of the file.
    std::string bytes(facts.size + 1, '\0');
    std::size_t read = 0;
    while (file && read < bytes.size()) {
        const zip_int64_t count = zip_fread(file.get(), bytes.data() + read, bytes.size() - read);
        if (count == 0) break;
        if (count < 0) fail("'" + name + "': " + zip_file_strerror(file.get()));
        read += static_cast<std::size_t>(count);
    }
    if (read != facts.size) fail("'" + name + "' breaks off");
    bytes.resize(read);
    return bytes;
}

}  // namespace dsqbench
