#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/completion_scripts.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

std::string quoted(const std::string& text) {
    return "'" + join(split(join(split(text, '\\'), "\\\\"), '\''), "\\'") + "'";
}

bool has(const Command& command, const std::string& name) {
    return std::any_of(command.commands.begin(), command.commands.end(),
                       [&](const Command& inner) { return inner.name == name; });
}

// True where the words so far lead to `command` and not further. fish only says whether a word was seen, not where: the
// `ls` of `dsqbench data ls` must not be taken for `dsqbench ls`.
std::string condition(const Command& root, const Command& command) {
    std::vector<std::string> tests;
    const auto words = split(command.path, ' ');
    for (std::size_t i = 1; i < words.size(); ++i) tests.push_back("__fish_seen_subcommand_from " + words[i]);
    for (const Command& other : root.commands)
        if (words.size() == 2 && has(other, words[1])) tests.push_back("not __fish_seen_subcommand_from " + other.name);
    if (!command.commands.empty()) {
        std::vector<std::string> inner;
        for (const Command& candidate : command.commands) inner.push_back(candidate.name);
        tests.push_back("not __fish_seen_subcommand_from " + join(inner, " "));
    }
    return quoted(join(tests, "; and "));
}

std::string arguments_of(const CommandOption& option) {
    if (!option.choices.empty()) return " -x -a " + quoted(join(option.choices, " "));
    if (!option.listed_by().empty())
        return fmt::format(" -x -a '(dsqbench ls {} 2>/dev/null | string split -f1 \" \")'", option.listed_by());
    return option.takes_value ? " -r -F" : "";
}

std::string line_of(const std::string& where, const CommandOption& option) {
    std::string line = "complete -c dsqbench -n " + where;
    if (!option.positional)
        for (const auto& name : option.names)
            line += name[1] == '-' ? " -l " + name.substr(2) : " -s " + name.substr(1);
    return line + arguments_of(option) + " -d " + quoted(option.meaning) + "\n";
}

}  // namespace

std::string fish_completion(const Command& root) {
    std::string text = "# fish completion for dsqbench: dsqbench completion fish | source\ncomplete -c dsqbench -f\n";
    for (const Command* command : all_commands(root)) {
        const std::string where = condition(root, *command);
        for (const Command& inner : command->commands)
            text += fmt::format("complete -c dsqbench -n {} -a {} -d {}\n", where, inner.name, quoted(inner.summary));
        for (const CommandOption& option : command->options) text += line_of(where, option);
    }
    return text;
}

}  // namespace dsqbench
