#include "suite/record/row_line.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/core/text.h"
#include "suite/record/json_lines.h"

namespace dsqbench {

namespace {

constexpr std::size_t piece = std::size_t{1} << 20;
constexpr std::size_t longest_line = std::size_t{16} << 20;

// Past the string that begins at `begin` with a quote; npos when it does not end. memchr: find_first_of() of two
// characters looks at each one by itself.
std::size_t end_of_string(std::string_view line, std::size_t begin) {
    const char* const end = line.data() + line.size();
    for (const char* at = line.data() + begin + 1; at < end; ++at) {
        at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
        if (at == nullptr) break;
        const char* text = at;  // a quote after an odd number of backslashes is part of the string
        while (text[-1] == '\\') --text;
        if ((at - text) % 2 == 0) return static_cast<std::size_t>(at + 1 - line.data());
    }
    return std::string_view::npos;
}

std::size_t end_of_value(std::string_view line, std::size_t begin) {
    if (begin >= line.size() || line[begin] == '{' || line[begin] == '[') return std::string_view::npos;
    if (line[begin] == '"') return end_of_string(line, begin);
    const auto end = std::find_if(line.begin() + static_cast<std::ptrdiff_t>(begin), line.end(),
                                  [](char c) { return c == ',' || c == '}'; });
    return end == line.end() ? std::string_view::npos : static_cast<std::size_t>(end - line.begin());
}

}  // namespace

bool RowLine::assign(std::string_view line, std::string_view place) {
    line_ = line;
    place_ = place;
    fields_.clear();
    if (line.size() < 2 || line.front() != '{' || line.back() != '}') return false;
    for (std::size_t at = 1; at < line.size();) {
        const std::size_t end_of_name = line[at] == '"' ? end_of_string(line, at) : std::string_view::npos;
        if (end_of_name == std::string_view::npos || end_of_name >= line.size() || line[end_of_name] != ':')
            return false;
        const std::size_t begin = end_of_name + 1, end = end_of_value(line, begin);
        if (end == std::string_view::npos || end >= line.size()) return false;
        const std::string_view name = line.substr(at + 1, end_of_name - at - 2);
        if (!fields_.empty() && fields_.back().first >= name) return false;
        fields_.emplace_back(name, line.substr(begin, end - begin));
        if (line[end] == '}') return end + 1 == line.size();
        if (line[end] != ',') return false;
        at = end + 1;
    }
    return false;
}

std::optional<std::string_view> RowLine::json(std::string_view field) const {
    const auto found = std::lower_bound(fields_.begin(), fields_.end(), field,
                                        [](const auto& item, std::string_view name) { return item.first < name; });
    if (found == fields_.end() || found->first != field || found->second == "null") return std::nullopt;
    return found->second;
}

std::string RowLine::text(std::string_view field) const {
    const auto value = json(field);
    if (!value || value->front() != '"') return {};
    if (value->find('\\') == std::string_view::npos) return std::string(value->substr(1, value->size() - 2));
    const auto parsed = nlohmann::json::parse(*value, nullptr, /*allow_exceptions=*/false);
    return parsed.is_string() ? parsed.get<std::string>() : std::string();
}

std::optional<double> RowLine::real(std::string_view field) const {
    const auto value = json(field);
    double number = 0;
    if (!value || std::from_chars(value->data(), value->data() + value->size(), number).ec != std::errc())
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> RowLine::integer(std::string_view field) const {
    const auto value = json(field);
    std::uint64_t number = 0;
    if (!value || std::from_chars(value->data(), value->data() + value->size(), number).ec != std::errc())
        return std::nullopt;
    return number;
}

bool RowLine::is_true(std::string_view field) const {
    return json(field) == "true";
}

Row RowLine::row() const {
    Row row = nlohmann::json::parse(line_, nullptr, /*allow_exceptions=*/false);
    if (row.is_discarded()) throw Error(ExitCode::data, "this line is not JSON", {}, place_);
    check_row(row, place_);
    return row;
}

bool RowLine::is_genuine() const {
    const auto id = json("row_id");
    if (!id) return false;
    // The line without ,"row_id":"..." is what was hashed when the row was written.
    const auto begin = static_cast<std::size_t>(id->data() - line_.data()) - std::strlen("\"row_id\":");
    const std::size_t end = begin + std::strlen("\"row_id\":") + id->size();
    const bool last = line_[end] == '}';
    Sha256 hash;
    hash.update(line_.substr(0, last ? begin - 1 : begin)).update(line_.substr(last ? end : end + 1));
    return hash.hex_digest() == text("row_id");
}

void visit_lines(const std::filesystem::path& path, const LineVisitor& visit) {
    const ReadableFile file(path);
    std::string buffer;
    std::uint64_t offset = 0;
    std::size_t number = 0;
    const auto give = [&](std::string_view line, bool ended) {
        ++number;
        if (!trim(line).empty()) visit(line, number, ended);
    };
    while (true) {
        const std::size_t kept = buffer.size();
        buffer += file.read(offset, piece);
        const std::size_t got = buffer.size() - kept;
        offset += got;
        std::size_t begin = 0;
        for (std::size_t newline; (newline = buffer.find('\n', std::max(begin, kept))) != std::string::npos;) {
            give(std::string_view(buffer).substr(begin, newline - begin), true);
            begin = newline + 1;
        }
        buffer.erase(0, begin);
        if (buffer.size() > longest_line)
            throw Error(ExitCode::data, "a line of more than 16 MiB", {}, place_of(path, number + 1));
        if (got > 0) continue;
        if (!buffer.empty()) give(buffer, false);
        return;
    }
}

}  // namespace dsqbench
