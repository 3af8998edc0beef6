#include <fmt/format.h>

#include "suite/cli/completion_scripts.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

// Inside single quotes.
std::string quoted(const std::string& text) {
    return "'" + join(split(text, '\''), "'\\''") + "'";
}

// _describe splits at the first colon that has no backslash.
std::string described(const std::string& name, const std::string& meaning) {
    return quoted(join(split(name, ':'), "\\:") + ":" + meaning);
}

std::string listing(const std::string& kind) {
    return fmt::format("choices+=(${{(f)\"$($words[1] ls {} 2>/dev/null | cut -d' ' -f1)\"}})", kind);
}

std::string value_cases(const Command& root) {
    std::string cases;
    for (const Command* command : all_commands(root))
        for (const CommandOption& option : command->options) {
            if (!option.takes_value || option.positional) continue;
            std::vector<std::string> patterns;
            for (const auto& name : option.names) patterns.push_back(quoted(command->path + " " + name));
            std::string action = "_files; return";
            if (!option.choices.empty()) action = "choices=(" + join(option.choices, " ") + ")";
            if (!option.listed_by().empty()) action = listing(option.listed_by());
            cases += fmt::format("        ({}) {} ;;\n", join(patterns, "|"), action);
        }
    return cases;
}

std::string word_case(const Command& command) {
    std::string text = fmt::format("        ({})\n", quoted(command.path));
    for (const Command& inner : command.commands)
        text += "            choices+=(" + described(inner.name, inner.summary) + ")\n";
    for (const CommandOption& option : command.options) {
        for (const auto& name : option.positional ? option.choices : option.names)
            text += "            choices+=(" + described(name, option.meaning) + ")\n";
        if (option.positional && !option.listed_by().empty())
            text += "            " + listing(option.listed_by()) + "\n";
    }
    return text + "            ;;\n";
}

constexpr const char* script = R"(#compdef dsqbench
# zsh completion for dsqbench: source <(dsqbench completion zsh), or save it as _dsqbench in a folder of $fpath.
_dsqbench() {{
    local place=dsqbench word
    local -a choices
    for word in ${{words[2,CURRENT-1]}}; do
        case "$place $word" in
        ({}) place="$place $word" ;;
        esac
    done
    case "$place $words[CURRENT-1]" in
{}    esac
    if (( $#choices == 0 )); then
        case "$place" in
{}        esac
    fi
    _describe -o dsqbench choices || _files
}}
if [ "$funcstack[1]" = _dsqbench ]; then _dsqbench "$@"; else compdef _dsqbench dsqbench; fi
)";

}  // namespace

std::string zsh_completion(const Command& root) {
    std::vector<std::string> places;
    std::string words;
    for (const Command* command : all_commands(root)) {
        if (command != &root) places.push_back(quoted(command->path));
        words += word_case(*command);
    }
    return fmt::format(script, join(places, "|"), value_cases(root), words);
}

}  // namespace dsqbench
