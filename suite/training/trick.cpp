#include "suite/training/trick.h"

#include <fmt/format.h>

#include <algorithm>

namespace dsqbench {

namespace {

// The options of pre-training are keys of [training], which the recipe layer checks.
constexpr const char* pretrain = "pretrain";

void check_options(const std::string& trick, const TrickEntry& entry, const nlohmann::json& table) {
    std::vector<std::string> known;
    for (const auto& option : entry.options) known.push_back(option.first);
    for (const auto& item : table.items())
        if (entry.options.count(item.key()) == 0)
            throw Error(ExitCode::recipe, fmt::format("unknown option 'tricks.{}.{}'", trick, item.key()),
                        suggestion(item.key(), known));
    for (const auto& [option, meaning] : entry.options)
        if (!table.contains(option))
            throw Error(ExitCode::recipe, fmt::format("'tricks.{}.{}' is not set", trick, option), "it is " + meaning);
}

const TrickEntry& entry_of(const std::string& name) {
    try {
        return Registry<TrickEntry>::instance().find(name);
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint());
    }
}

}  // namespace

void check_trick_tables(const nlohmann::json& tables) {
    for (const auto& [name, table] : tables.items()) {
        const TrickEntry& entry = entry_of(name);
        if (name != pretrain) check_options(name, entry, table);
    }
}

NamedTricks make_tricks(const nlohmann::json& tables, TrickContext context) {
    check_trick_tables(tables);
    std::vector<std::string> names;
    for (const auto& item : tables.items()) names.push_back(item.key());
    std::stable_sort(names.begin(), names.end(),
                     [](const auto& a, const auto& b) { return entry_of(a).order < entry_of(b).order; });
    NamedTricks tricks;
    for (const auto& name : names) {
        context.options = tables.at(name);
        tricks.push_back({name, entry_of(name).make(context)});
    }
    return tricks;
}

at::Tensor forward_through(const NamedTricks& tricks, Network& network, const at::Tensor& images) {
    ForwardPass pass = [&network](const at::Tensor& x) { return network.forward(x); };
    for (const auto& named : tricks)
        pass = [inner = std::move(pass), trick = named.trick.get()](const at::Tensor& x) {
            return trick->forward(x, inner);
        };
    return pass(images);
}

at::Tensor scaled_loss(const NamedTricks& tricks, const at::Tensor& loss) {
    double scale = 1;
    for (const auto& named : tricks) scale *= named.trick->loss_scale();
    return scale == 1 ? loss : loss * scale;
}

StepChoice before_step(const NamedTricks& tricks, Network& network) {
    for (const auto& named : tricks)
        if (named.trick->before_step(network) == StepChoice::left_out) return StepChoice::left_out;
    return StepChoice::made;
}

double real_option(const nlohmann::json& options, const std::string& name, double minimum, double maximum) {
    const auto& value = options.at(name);
    if (!value.is_number() || !(value.get<double>() >= minimum && value.get<double>() <= maximum))
        throw Error(ExitCode::recipe, fmt::format("trick option '{}' must be a number from {} to {}, not {}", name,
                                                  minimum, maximum, value.dump()));
    return value.get<double>();
}

std::int64_t integer_option(const nlohmann::json& options, const std::string& name, std::int64_t minimum) {
    const auto& value = options.at(name);
    if (!value.is_number_integer() || value.get<std::int64_t>() < minimum)
        throw Error(ExitCode::recipe, fmt::format("trick option '{}' must be an integer of at least {}, not {}", name,
                                                  minimum, value.dump()));
    return value.get<std::int64_t>();
}

}  // namespace dsqbench
