#include <fmt/format.h>

#include "suite/cli/completion_scripts.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

std::string patterns(const std::vector<std::string>& texts) {
    return "'" + join(texts, "' | '") + "'";
}

// What `dsqbench ls` lists, as bash runs it inside double quotes.
std::string listing(const std::string& kind) {
    return fmt::format("$(\"${{COMP_WORDS[0]}}\" ls {} 2>/dev/null | cut -d' ' -f1)", kind);
}

// Where the words so far may lead: "dsqbench data ls".
std::string path_cases(const Command& root) {
    std::vector<std::string> paths;
    for (const Command* command : all_commands(root))
        if (command != &root) paths.push_back(command->path);
    return patterns(paths);
}

// What may stand after an option that takes a value. No reply leaves it to the shell, which completes file names.
std::string value_case(const Command& command, const CommandOption& option) {
    std::vector<std::string> places;
    for (const auto& name : option.names) places.push_back(command.path + " " + name);
    std::string words = join(option.choices, " ");
    if (!option.listed_by().empty()) words = listing(option.listed_by());
    const std::string reply = fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); ", words);
    return fmt::format("        {}) {}return ;;\n", patterns(places), words.empty() ? "" : reply);
}

std::string value_cases(const Command& root) {
    std::string cases;
    for (const Command* command : all_commands(root))
        for (const CommandOption& option : command->options)
            if (option.takes_value && !option.positional) cases += value_case(*command, option);
    return cases;
}

std::string words_of(const Command& command) {
    std::vector<std::string> words;
    for (const Command& inner : command.commands) words.push_back(inner.name);
    for (const CommandOption& option : command.options) {
        const auto& offered = option.positional ? option.choices : option.names;
        words.insert(words.end(), offered.begin(), offered.end());
        if (option.positional && !option.listed_by().empty()) words.push_back(listing(option.listed_by()));
    }
    return join(words, " ");
}

std::string word_cases(const Command& root) {
    std::string cases;
    for (const Command* command : all_commands(root))
        cases += fmt::format("        '{}') words=\"{}\" ;;\n", command->path, words_of(*command));
    return cases;
}

constexpr const char* script = R"(# bash completion for dsqbench: source <(dsqbench completion bash)
_dsqbench() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} place=dsqbench word words=
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$place $word" in
        {}) place="$place $word" ;;
        esac
    done
    case "$place $previous" in
{}    esac
    case "$place" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _dsqbench dsqbench
)";

}  // namespace

std::string bash_completion(const Command& root) {
    return fmt::format(script, path_cases(root), value_cases(root), word_cases(root));
}

}  // namespace dsqbench
