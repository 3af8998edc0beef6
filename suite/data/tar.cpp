#include "suite/data/tar.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <numeric>
#include <optional>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

constexpr std::size_t block = 512;

struct Field {
    std::size_t offset, size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, size_field{124, 12}, time_field{136, 12},
    checksum_field{148, 8}, type_field{156, 1}, magic_field{257, 8}, prefix_field{345, 155};
constexpr std::string_view magic{"ustar\00000", 8};

std::string_view text_of(std::string_view header, const Field& field) {
    const std::string_view text = header.substr(field.offset, field.size);
    return text.substr(0, text.find('\0'));
}

// The sum of all bytes, with blanks for the checksum itself.
unsigned checksum_of(std::string header) {
    header.replace(checksum_field.offset, checksum_field.size, checksum_field.size, ' ');
    return std::accumulate(header.begin(), header.end(), 0U,
                           [](unsigned sum, char c) { return sum + static_cast<unsigned char>(c); });
}

std::string name_in(const std::string& header) {
    const std::string name(text_of(header, name_field));
    const bool is_ustar = header.compare(magic_field.offset, 6, "ustar\0", 6) == 0;
    const std::string prefix(is_ustar ? text_of(header, prefix_field) : "");
    return prefix.empty() ? name : prefix + "/" + name;
}

// nullopt where no octal number stands.
std::optional<std::uint64_t> octal_in(const std::string& header, const Field& field) {
    std::uint64_t value = 0;
    bool has_digit = false;
    for (const char c : text_of(header, field)) {
        if (c == ' ') continue;
        if (c < '0' || c > '7') return std::nullopt;
        value = value * 8 + static_cast<std::uint64_t>(c - '0');  // at most 12 digits
        has_digit = true;
    }
    return has_digit ? std::optional(value) : std::nullopt;
}

class Reader {
public:
    explicit Reader(const std::filesystem::path& archive) : path_(archive), file_(archive) {}

    std::vector<TarMember> members() {
        std::vector<TarMember> members;
        while (true) {
            const std::string header = file_.read(position_, block);
            if (header.size() < block) fail("it breaks off");
            if (header.find_first_not_of('\0') == std::string::npos) return members;
            if (octal(header, checksum_field) != checksum_of(header)) fail("a header's checksum does not fit");
            TarMember member{name_in(header), position_ + block, octal(header, size_field)};
            if (member.size > file_.size() - member.offset) fail("it breaks off");
            position_ = member.offset + (member.size + block - 1) / block * block;
            const char type = header[type_field.offset];
            if (type == '5') continue;
            if (type != '0' && type != '\0')
                fail(fmt::format("'{}' is no plain file (type '{}')", member.name.substr(0, 80), type));
            members.push_back(std::move(member));
        }
    }

private:
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data, "not a tar archive of plain files: " + message, "make it with tar --format=ustar",
                    path_.string());
    }

    std::uint64_t octal(const std::string& header, const Field& field) const {
        const auto value = octal_in(header, field);
        if (!value) fail("a header holds no octal number where one must be");
        return *value;
    }

    std::filesystem::path path_;
    ReadableFile file_;
    std::uint64_t position_ = 0;
};

void put(std::string& header, const Field& field, std::string_view text) {
    header.replace(field.offset, text.size(), text);
}

std::string header_of(const std::string& name, std::uint64_t size, const std::string& place) {
    const auto slash = name.size() <= name_field.size ? std::string::npos : name.rfind('/', prefix_field.size);
    const bool fits =
        slash == std::string::npos ? name.size() <= name_field.size : name.size() - slash - 1 <= name_field.size;
    constexpr std::uint64_t largest = (std::uint64_t{1} << 33) - 1;  // 11 octal digits
    if (name.empty() || !fits || size > largest)
        throw Error(ExitCode::data, fmt::format("'{}' does not fit a tar archive", name.substr(0, 120)), {}, place);
    std::string header(block, '\0');
    put(header, name_field, slash == std::string::npos ? name : name.substr(slash + 1));
    if (slash != std::string::npos) put(header, prefix_field, name.substr(0, slash));
    put(header, mode_field, "0000644");
    put(header, size_field, fmt::format("{:011o}", size));
    put(header, time_field, "00000000000");  // the same bytes whenever it is packed
    put(header, type_field, "0");
    put(header, magic_field, magic);
    put(header, checksum_field, fmt::format("{:06o}", checksum_of(header)) + std::string("\0 ", 2));
    return header;
}

}  // namespace

std::vector<TarMember> tar_members(const std::filesystem::path& archive) {
    return Reader(archive).members();
}

bool holds_member(const ReadableFile& archive, const TarMember& member) {
    if (member.offset < block || member.offset > archive.size() || member.size > archive.size() - member.offset)
        return false;
    const std::string header = archive.read(member.offset - block, block);
    return header.size() == block && octal_in(header, checksum_field) == checksum_of(header) &&
           octal_in(header, size_field) == member.size && name_in(header) == member.name;
}

TarWriter::TarWriter(const std::filesystem::path& archive) : path_(archive), file_(archive, std::ios::binary) {
    write("");
}

void TarWriter::add(const std::string& name, std::string_view bytes) {
    write(header_of(name, bytes.size(), path_.string()));
    write(bytes);
    write(std::string((block - bytes.size() % block) % block, '\0'));
}

void TarWriter::finish() {
    write(std::string(2 * block, '\0'));
    file_.close();
    if (!file_) write("");
}

void TarWriter::write(std::string_view bytes) {
    errno = 0;
    if (file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
        bytes_ += bytes.size();
        return;
    }
    throw Error(ExitCode::failed, fmt::format("cannot write: {}", std::strerror(errno)),
                errno == ENOSPC ? "the disk is full: free some space and run the same command again" : "",
                path_.string());
}

}  // namespace dsqbench
