#include "suite/data/idx.h"

#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/data/gzip.h"

namespace dsqbench {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 30;  // the largest set in this format, EMNIST, has 547 MB
constexpr std::size_t max_rank = 3;
constexpr std::int64_t max_side = 8192;
constexpr std::size_t longest_header = 4 + 4 * max_rank;

[[noreturn]] void fail(const std::string& message, const std::string& place) {
    throw Error(ExitCode::data, message, "get the file again", place);
}

std::uint8_t byte_at(std::string_view bytes, std::size_t position) {
    return static_cast<std::uint8_t>(bytes[position]);
}

std::uint32_t big_endian(std::string_view bytes, std::size_t position) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | byte_at(bytes, position + i);
    return value;
}

struct Header {
    std::vector<std::int64_t> dimensions;
    std::size_t bytes = 0, values = 1;
};

// `start`: the first longest_header bytes of the file, or all of it.
Header parse_header(std::string_view start, const std::string& place) {
    if (start.size() < 4) fail(fmt::format("too short for an IDX file: {} bytes", start.size()), place);
    const std::size_t rank = byte_at(start, 3);
    if (start[0] != 0 || start[1] != 0 || byte_at(start, 2) != 8 || rank < 1 || rank > max_rank)
        fail(fmt::format("not an IDX file of 1 to {} dimensions of unsigned bytes: magic number {:#010x}", max_rank,
                         big_endian(start, 0)),
             place);
    Header header;
    header.bytes = 4 + 4 * rank;
    if (start.size() < header.bytes) fail("truncated inside the header", place);
    for (std::size_t i = 0; i < rank; ++i) {
        header.dimensions.push_back(big_endian(start, 4 + 4 * i));
        // At most 2^30 * 2^32 before the check: no overflow.
        header.values *= static_cast<std::size_t>(header.dimensions.back());
        if (header.values > max_bytes) fail("its header states more than 1 GiB", place);
    }
    return header;
}

}  // namespace

IdxArray parse_idx(std::string_view bytes, const std::string& place) {
    if (is_gzip(bytes)) {
        const Header header = parse_header(gunzip_start(bytes, longest_header, place), place);
        const std::string content = gunzip_exactly(bytes, header.bytes + header.values, place);
        return {header.dimensions, content.substr(header.bytes), place};
    }
    const Header header = parse_header(bytes.substr(0, longest_header), place);
    const std::string_view values = bytes.substr(header.bytes);
    if (values.size() != header.values)
        fail(fmt::format("{}: {} bytes of data where its header states {}",
                         values.size() < header.values ? "truncated" : "too long", values.size(), header.values),
             place);
    return {header.dimensions, std::string(values), place};
}

IdxArray read_idx(const std::filesystem::path& path) {
    return parse_idx(read_file(path, max_bytes + longest_header), path.string());
}

LabelledImages labelled_images(const IdxArray& images, const IdxArray& labels, int classes) {
    if (images.dimensions.size() != 3) fail("does not hold images: they have three dimensions", images.place);
    if (labels.dimensions.size() != 1) fail("does not hold labels: they have one dimension", labels.place);
    const std::int64_t height = images.dimensions[1], width = images.dimensions[2];
    if (images.values.empty()) fail("holds no images", images.place);
    if (height > max_side || width > max_side)
        fail(fmt::format("images of {}x{} are too large", height, width), images.place);
    if (images.dimensions[0] != labels.dimensions[0])
        fail(fmt::format("holds {} labels for {} images", labels.dimensions[0], images.dimensions[0]), labels.place);

    LabelledImages set{{1, static_cast<int>(height), static_cast<int>(width)}, classes, {}, {}, "IDX"};
    set.pixels.assign(images.values.begin(), images.values.end());
    for (const char label : labels.values) set.labels.push_back(static_cast<std::uint8_t>(label));
    check_labels(set, labels.place);
    return set;
}

}  // namespace dsqbench
