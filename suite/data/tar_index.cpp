#include "suite/data/tar_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "dsqbench tar index 1\n";
constexpr std::size_t digest_size = 64;
constexpr std::size_t largest_index = std::size_t{1} << 30;
constexpr std::size_t members_looked_at = 16;  // of an archive, spread over it

// What an archive is known by.
struct Facts {
    std::uint64_t size = 0;
    std::int64_t changed = 0;
    bool operator==(const Facts&) const = default;
};

struct Entry {
    Facts facts;
    std::vector<TarMember> members;
};

using Index = std::map<std::string, Entry>;  // by the archive's file name

Facts facts_of(const fs::path& archive) {
    std::error_code error;
    const auto size = fs::file_size(archive, error);
    if (error) throw Error(ExitCode::data, "cannot open: " + error.message(), {}, archive.string());
    return {size, fs::last_write_time(archive, error).time_since_epoch().count()};
}

// Numbers end in a blank and names, which come from fields of tar that end in NUL, in NUL.
class IndexReader {
public:
    explicit IndexReader(std::string_view text) : text_(text) {}

    bool at_end() const { return text_.empty(); }
    template <class Number>
    Number number() {
        Number value = 0;
        const std::string_view word = until(' ');
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc() || end != word.data() + word.size()) damaged_ = true;
        return value;
    }
    std::string name() { return std::string(until('\0')); }
    bool is_damaged() const { return damaged_; }

private:
    std::string_view until(char end) {
        const auto position = text_.find(end);
        if (position == std::string_view::npos) {
            damaged_ = true;
            text_ = {};
            return {};
        }
        const std::string_view word = text_.substr(0, position);
        text_.remove_prefix(position + 1);
        return word;
    }

    std::string_view text_;
    bool damaged_ = false;
};

std::string text_of(const Index& index) {
    std::string text(first_line);
    for (const auto& [name, entry] : index) {
        text += fmt::format("{} {} {} {}", entry.facts.size, entry.facts.changed, entry.members.size(), name) + '\0';
        for (const TarMember& member : entry.members)
            text += fmt::format("{} {} {}", member.offset, member.size, member.name) + '\0';
    }
    return text + sha256_hex(text);
}

// Empty where it is damaged.
Index index_in(std::string_view text) {
    if (text.size() < first_line.size() + digest_size || !text.starts_with(first_line)) return {};
    const std::string_view body = text.substr(0, text.size() - digest_size);
    if (sha256_hex(body) != text.substr(body.size())) return {};
    IndexReader reader(body.substr(first_line.size()));
    Index index;
    while (!reader.at_end()) {
        Entry entry;
        entry.facts.size = reader.number<std::uint64_t>();
        entry.facts.changed = reader.number<std::int64_t>();
        const auto count = reader.number<std::size_t>();
        const std::string archive = reader.name();
        for (std::size_t i = 0; i < count && !reader.is_damaged(); ++i) {
            TarMember member;
            member.offset = reader.number<std::uint64_t>();
            member.size = reader.number<std::uint64_t>();
            member.name = reader.name();
            entry.members.push_back(std::move(member));
        }
        if (reader.is_damaged()) return {};
        index.emplace(archive, std::move(entry));
    }
    return index;
}

// Where the index of a folder may be, the best place first.
std::vector<fs::path> places_of(const fs::path& folder, const TarIndexing& indexing) {
    std::vector<fs::path> places;
    const std::string name = sha256_hex(fs::weakly_canonical(folder).string()).substr(0, 32);
    if (!indexing.folder.empty()) places.push_back(indexing.folder / "tar-index" / name);
    places.push_back(folder / ".dsqbench-tar-index");
    return places;
}

Index read_index(const std::vector<fs::path>& places) {
    for (const auto& place : places) try {
            Index index = index_in(read_file(place, largest_index));
            if (!index.empty()) return index;
        } catch (const Error&) {  // none there
        }
    return {};
}

// Where it cannot be kept, the headers are read again next time.
void write_index(const std::vector<fs::path>& places, const Index& index) {
    const std::string text = text_of(index);
    for (const auto& place : places) try {
            return write_file_atomically(place, text);
        } catch (const Error&) {
        }
}

bool is_of(const Entry& entry, const fs::path& archive, const Facts& facts) {
    if (entry.facts != facts) return false;
    const std::size_t count = entry.members.size(), step = std::max<std::size_t>(1, count / members_looked_at);
    const ReadableFile file(archive);
    for (std::size_t i = 0; i < count; i += step)
        if (!holds_member(file, entry.members[i])) return false;
    return count == 0 || holds_member(file, entry.members.back());
}

}  // namespace

std::vector<std::vector<TarMember>> indexed_tar_members(const std::vector<fs::path>& archives,
                                                        const TarIndexing& indexing) {
    if (archives.empty()) return {};
    const auto places = places_of(archives.front().parent_path(), indexing);
    Index known = read_index(places), index;
    bool is_news = known.size() != archives.size();
    std::size_t count = 0;
    for (const auto& archive : archives) {
        const Facts facts = facts_of(archive);  // before the headers, so that what changes meanwhile is read again
        Entry& entry = index[archive.filename().string()];
        const auto found = known.find(archive.filename().string());
        if (found != known.end() && is_of(found->second, archive, facts)) {
            entry = std::move(found->second);
        } else {
            is_news = true;
            entry = {facts, tar_members(archive)};
        }
        count += entry.members.size();
    }
    if (is_news && count >= indexing.fewest_members) write_index(places, index);
    std::vector<std::vector<TarMember>> members;
    for (const auto& archive : archives) members.push_back(std::move(index[archive.filename().string()].members));
    return members;
}

}  // namespace dsqbench
