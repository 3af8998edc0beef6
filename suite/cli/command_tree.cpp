#include "suite/cli/command_tree.h"

#include <algorithm>
#include <utility>

#include "suite/core/text.h"

namespace dsqbench {

namespace {

std::vector<std::string> names_of(const CLI::Option& option) {
    if (option.get_positional() && !option.nonpositional()) return {option.get_name(true)};
    std::vector<std::string> names;
    for (const auto& name : option.get_snames()) names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) names.push_back("--" + name);
    return names;
}

// CLI::IsMember shows itself only in the type's name: "TEXT:{bash,zsh}".
std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const auto begin = type.find('{'), end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
    return split(type.substr(begin + 1, end - begin - 1), ',');
}

CommandOption describe(const CLI::Option& option) {
    CommandOption result;
    result.names = names_of(option);
    result.meaning = option.get_description();
    result.environment = option.get_envname();
    result.default_value = option.get_default_str();
    result.choices = choices_of(option);
    result.positional = option.get_positional() && !option.nonpositional();
    result.takes_value = option.get_items_expected_max() > 0;
    return result;
}

Command describe(const CLI::App& app, const std::string& above) {
    Command command;
    command.name = app.get_name();
    command.path = above.empty() ? command.name : above + " " + command.name;
    command.summary = app.get_description();
    for (const CLI::Option* option : app.get_options({}))
        if (!option->get_group().empty()) command.options.push_back(describe(*option));
    for (const CLI::App* inner :
         app.get_subcommands([](const CLI::App* candidate) { return !candidate->get_group().empty(); }))
        command.commands.push_back(describe(*inner, command.path));
    return command;
}

}  // namespace

std::string CommandOption::listed_by() const {
    static constexpr std::pair<std::string_view, std::string_view> lists[] = {
        {"--recipe", "recipes"}, {"recipe", "recipes"}, {"--quantizer", "quantizers"}, {"quantizer", "quantizers"}};
    for (const auto& [name, list] : lists)
        if (std::find(names.begin(), names.end(), name) != names.end()) return std::string(list);
    return {};
}

Command describe(const CLI::App& app) {
    return describe(app, "");
}

std::vector<const Command*> all_commands(const Command& root) {
    std::vector<const Command*> commands{&root};
    for (const Command& inner : root.commands)
        for (const Command* command : all_commands(inner)) commands.push_back(command);
    return commands;
}

}  // namespace dsqbench
