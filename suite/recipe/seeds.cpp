#include <algorithm>
#include <charconv>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

namespace {

constexpr std::uint64_t most_seeds = 10000;

[[noreturn]] void refuse(const std::string& text, const std::string& reason) {
    throw Error(ExitCode::usage, "cannot read the seeds '" + text.substr(0, 80) + "': " + reason, "write 0..4 or 1,3");
}

std::uint64_t number(std::string_view digits, const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        refuse(text, "'" + std::string(digits.substr(0, 20)) + "' is not a whole number from 0 to 2^64 - 1");
    return value;
}

}  // namespace

std::vector<std::uint64_t> parse_seeds(const std::string& text) {
    std::vector<std::uint64_t> seeds;
    for (const std::string& item : split(text, ',')) {
        const std::string_view part = trim(item);
        const auto dots = part.find("..");
        const std::uint64_t first = number(trim(part.substr(0, dots)), text);
        const std::uint64_t last = dots == std::string_view::npos ? first : number(trim(part.substr(dots + 2)), text);
        if (last < first) refuse(text, "the range runs backwards");
        if (last - first >= most_seeds || seeds.size() >= most_seeds) refuse(text, "too many seeds");
        for (std::uint64_t offset = 0; offset <= last - first; ++offset) seeds.push_back(first + offset);
    }
    auto sorted = seeds;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) refuse(text, "a seed is named twice");
    return seeds;
}

}  // namespace dsqbench
