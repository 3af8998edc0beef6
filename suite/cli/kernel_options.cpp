#include "suite/cli/kernel_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "kernels/api/thread_pool.h"
#include "kernels/api/variant.h"
#include "kernels/bench/rival_network.h"
#include "suite/core/error.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

// By the names that kernels/ gives them: a new set needs no line here.
std::map<std::string, InstructionSets> known_instruction_sets() {
    std::map<std::string, InstructionSets> known{{"baseline", InstructionSet::baseline}};
    for (unsigned bit = 0; bit < 32; ++bit) known.emplace(name(InstructionSets(1U << bit)), InstructionSets(1U << bit));
    return known;
}

InstructionSets find_instruction_set(const std::string& text) {
    const auto known = known_instruction_sets();
    const auto found = known.find(text);
    if (found == known.end()) {
        std::vector<std::string> names;
        for (const auto& set : known) names.push_back(set.first);
        throw Error(ExitCode::usage, "unknown instruction set '" + text + "'", suggestion(text, names));
    }
    if (!available_instruction_sets().contain(found->second))
        throw Error(ExitCode::unavailable, "this processor has no " + text,
                    "it has " + name(available_instruction_sets()));
    return found->second;
}

bool is_of(const std::string& rival, const std::string& name) {
    return name == "all" || rival == name || rival.starts_with(name + "/");
}

std::vector<std::string> rivals_among(const std::vector<std::string>& known, const std::vector<std::string>& names) {
    if (names == std::vector<std::string>{"none"}) return {};
    std::vector<std::string> chosen;
    for (const std::string& name : names) {
        bool found = name == "all";
        for (const std::string& rival : known) {
            if (!is_of(rival, name)) continue;
            found = true;
            if (std::find(chosen.begin(), chosen.end(), rival) == chosen.end()) chosen.push_back(rival);
        }
        if (!found) throw Error(ExitCode::usage, "unknown rival '" + name + "'", suggestion(name, known));
    }
    return chosen;
}

}  // namespace

BitPair bits_named(const std::string& text) {
    BitPair bits;
    char end = 0;
    const int both = std::sscanf(text.c_str(), "%1d%c", &bits.weights, &end);
    bits.activations = bits.weights;
    const bool pair = both != 1 && std::sscanf(text.c_str(), "%1d/%1d%c", &bits.weights, &bits.activations, &end) == 2;
    const auto known = [](int count) { return count >= 1 && count <= 8; };
    if ((both == 1 || pair) && known(bits.weights) && known(bits.activations)) return bits;
    throw Error(ExitCode::usage, "'" + text + "' is no pair of bits", "2 for both, or 2/8 for weights and activations");
}

std::vector<std::string> variants_named(const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const KernelVariant& variant : kernel_variants()) known.push_back(variant.name);
    if (names == std::vector<std::string>{"all"}) return known;
    for (const std::string& name : names)
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw Error(ExitCode::usage, "unknown kernel '" + name + "'", suggestion(name, known));
    return names;
}

InstructionSets instruction_sets_named(const std::string& text) {
    if (text.empty()) return available_instruction_sets();
    InstructionSets sets = InstructionSet::baseline;
    for (const std::string& part : split(text, ','))
        sets = InstructionSets(sets.bits | find_instruction_set(part).bits);
    return sets;
}

std::vector<std::string> rivals_named(const std::vector<std::string>& names) {
    return rivals_among(RivalRegistry::instance().names(), names);
}

std::vector<std::string> rival_networks_named(const std::vector<std::string>& names) {
    return rivals_among(RivalNetworkRegistry::instance().names(), names);
}

void check_threads(int threads) {
    const int usable = usable_processors();
    if (threads > usable)
        throw Error(ExitCode::unavailable,
                    fmt::format("{} threads would share the {} processors that this process may use", threads, usable),
                    fmt::format("--threads {} or fewer", usable));
}

}  // namespace dsqbench
