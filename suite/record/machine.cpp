#include "suite/record/machine.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

// A machine's name becomes a folder: long enough for any model that vendors print, short enough for `ls`.
constexpr std::size_t longest_name = 64;

// /proc/cpuinfo names each core: a few kilobytes a core, so this is room for a thousand.
constexpr std::size_t cpuinfo_limit = std::size_t{16} << 20;

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

bool ends_with(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Vendors decorate the model with words that say nothing about it: "Intel(R) Xeon(R) CPU @ 2.20GHz".
bool says_nothing(const std::string& word) {
    return word.empty() || word == "cpu" || word == "processor" || word == "@" || ends_with(word, "-core") ||
           ends_with(word, "ghz");
}

std::string without_marks(std::string text) {
    for (const char* mark : {"(r)", "(tm)", "(c)"})
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.replace(at, 3 + (mark[1] == 't'), " ");
    return text;
}

utsname system_name() {
    utsname facts{};
    ::uname(&facts);
    return facts;
}

}  // namespace

std::string as_machine_name(std::string_view text) {
    std::string name;
    for (const char c : lower(text)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    name.resize(std::min(name.size(), longest_name));
    while (!name.empty() && name.back() == '-') name.pop_back();
    return name;
}

std::string cpu_model_in(std::string_view cpuinfo) {
    // x86 says "model name"; ARM boards say "Model" (Raspberry Pi) or "Hardware".
    for (const std::string_view key : {"model name", "Model", "Hardware"})
        for (const auto& line : split(cpuinfo, '\n')) {
            const auto colon = line.find(':');
            if (colon == std::string::npos || trim(std::string_view(line).substr(0, colon)) != key) continue;
            return std::string(trim(std::string_view(line).substr(colon + 1)));
        }
    return {};
}

std::string machine_name_of(std::string_view cpu_model, long cores) {
    std::string words;
    for (const auto& word : split(without_marks(lower(cpu_model)), ' '))
        if (!says_nothing(word)) words += word + ' ';
    const std::string suffix = fmt::format("-{}c", cores);
    const std::string name = as_machine_name(words);
    return as_machine_name(name.empty() ? "unknown" : name.substr(0, longest_name - suffix.size())) + suffix;
}

std::string cpu_model() {
    std::string model;
    try {
        model = cpu_model_in(read_file("/proc/cpuinfo", cpuinfo_limit));
    } catch (const Error&) {
        // Without /proc the architecture has to do.
    }
    return model.empty() ? system_name().machine : model;
}

long core_count() {
    return std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
}

long long memory_bytes() {
    return static_cast<long long>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
}

std::string kernel_release() {
    const utsname facts = system_name();
    return fmt::format("{} {} {}", facts.sysname, facts.release, facts.machine);
}

std::string machine_name() {
    const char* given = std::getenv("DSQBENCH_MACHINE");
    const std::string name = as_machine_name(given == nullptr ? "" : given);
    return name.empty() ? machine_name_of(cpu_model(), core_count()) : name;
}

}  // namespace dsqbench
