#include "suite/recipe/matrix.h"

#include <map>
#include <set>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/overrides.h"

namespace dsqbench {

namespace {

// More runs than anybody starts on purpose.
constexpr std::size_t most_runs = 10000;

[[noreturn]] void refuse_size() {
    throw Error(ExitCode::usage, "more than " + std::to_string(most_runs) + " runs in one study", "sweep fewer values");
}

struct Variant {
    std::string label;
    Recipe recipe;
};

Variant variant_of(const Recipe& recipe, const Contender& contender) {
    Variant variant{contender.label, recipe};
    variant.recipe.set("quantization.weight", contender.weight, "contender " + contender.label);
    variant.recipe.set("quantization.activation", contender.activation, "contender " + contender.label);
    return variant;
}

std::vector<Variant> swept(const std::vector<Variant>& variants, const std::string& sweep) {
    const auto overrides = sweep_overrides(sweep);
    if (variants.size() * overrides.size() > most_runs) refuse_size();
    std::vector<Variant> all;
    for (const Variant& variant : variants)
        for (const std::string& text : overrides) {
            all.push_back({variant.label + " " + text, variant.recipe});
            apply_override(all.back().recipe, text, "--over");
        }
    return all;
}

void check_sweep(const std::string& sweep) {
    const std::string key(trim(std::string_view(sweep).substr(0, sweep.find('='))));
    if (resolve_key(key, "--over").key.group != KeyGroup::protocol)
        throw Error(ExitCode::usage, "--over cannot sweep '" + key + "'",
                    "contenders and seeds have options of their own");
}

void check_distinct(const std::vector<Variant>& variants) {
    std::map<std::string, std::string> label_of_id;
    std::set<std::string> labels;
    for (const Variant& variant : variants) {
        if (!labels.insert(variant.label).second)
            throw Error(ExitCode::recipe, "'" + variant.label + "' is asked for twice");
        const auto [same, inserted] = label_of_id.emplace(variant.recipe.recipe_id(), variant.label);
        if (!inserted)
            throw Error(ExitCode::recipe,
                        "'" + same->second + "' and '" + variant.label + "' are one and the same training",
                        "leave one of them out");
    }
}

}  // namespace

Contender parse_contender(const std::string& text) {
    const auto parts = split(text, '/');
    const auto is_name = [](const std::string& part) {
        return !part.empty() && part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
    };
    if (parts.size() > 2 || !is_name(parts.front()) || !is_name(parts.back()))
        throw Error(ExitCode::recipe, "'" + text + "' is not a contender",
                    "write 'dsq', or 'dorefa/pact' for weights/activations");
    return {text, parts.front(), parts.back()};
}

std::vector<RunRequest> expand(const Recipe& recipe, const std::vector<Contender>& contenders,
                               const std::vector<std::string>& sweeps, const std::vector<std::uint64_t>& seeds) {
    std::vector<Variant> variants;
    for (const Contender& contender : contenders) variants.push_back(variant_of(recipe, contender));
    for (const std::string& sweep : sweeps) {
        check_sweep(sweep);
        variants = swept(variants, sweep);
    }
    for (const Variant& variant : variants) variant.recipe.check_consistency();
    check_distinct(variants);
    if (variants.size() * seeds.size() > most_runs) refuse_size();
    std::vector<RunRequest> requests;
    for (const Variant& variant : variants)
        for (const std::uint64_t seed : seeds) requests.push_back({variant.label, variant.recipe, seed});
    return requests;
}

}  // namespace dsqbench
