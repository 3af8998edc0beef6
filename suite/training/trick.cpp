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
    for (const auto& [name, option] : entry.options) {
        if (!table.contains(name))
            throw Error(ExitCode::recipe, fmt::format("'tricks.{}.{}' is not set", trick, name),
                        "it is " + option.meaning);
        if (!option.accepts(table.at(name)))
            throw Error(ExitCode::recipe, fmt::format("'tricks.{}.{}' must be {}, not {}", trick, name, option.range,
                                                      table.at(name).dump()));
    }
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

void check_tricks_on(at::Device device, const nlohmann::json& tables) {
    for (const auto& [name, table] : tables.items()) entry_of(name).check_device(table, device);
}

NamedTricks make_tricks(const nlohmann::json& tables, TrickContext context) {
    check_trick_tables(tables);
    check_tricks_on(context.device, tables);
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

TrickOption real_option(const std::string& meaning, double minimum, double maximum) {
    return {meaning, fmt::format("a number from {} to {}", minimum, maximum), [minimum, maximum](const auto& value) {
                return value.is_number() && value.template get<double>() >= minimum &&
                       value.template get<double>() <= maximum;
            }};
}

TrickOption integer_option(const std::string& meaning, std::int64_t minimum) {
    return {meaning, fmt::format("an integer of at least {}", minimum), [minimum](const auto& value) {
                return value.is_number_integer() && value.template get<std::int64_t>() >= minimum;
            }};
}

}  // namespace dsqbench
