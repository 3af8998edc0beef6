#include <fmt/format.h>

#include "suite/cli/completion_scripts.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

// Plain text as roff: backslashes and hyphens are escaped, and no line starts a request.
std::string roff(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\e";
        else if (c == '-')
            result += "\\-";
        else
            result += c == '\n' ? ' ' : c;
    }
    return result.empty() || (result[0] != '.' && result[0] != '\'') ? result : "\\&" + result;
}

std::string heading_of(const CommandOption& option) {
    const std::string names = "\\fB" + roff(join(option.names, ", ")) + "\\fR";
    return option.takes_value && !option.positional ? names + " \\fIVALUE\\fR" : names;
}

std::string entry_of(const CommandOption& option) {
    std::string text = fmt::format(".TP\n{}\n{}.", heading_of(option), roff(option.meaning));
    if (!option.choices.empty()) text += " One of " + roff(join(option.choices, ", ")) + ".";
    if (!option.default_value.empty()) text += " Default: " + roff(option.default_value) + ".";
    if (!option.environment.empty()) text += " Environment: " + roff(option.environment) + ".";
    return text + "\n";
}

std::string section_of(const Command& command) {
    std::string text = fmt::format(".SS {}\n{}.\n", roff(command.path), roff(command.summary));
    for (const CommandOption& option : command.options)
        if (option.names != std::vector<std::string>{"-h", "--help"}) text += entry_of(option);
    return text;
}

constexpr const char* introduction = R"(.SH DESCRIPTION
.B dsqbench
trains networks with low\-bit weights and activations under one identical recipe for every quantizer, and compares them.
The result of a command goes to standard output, everything else to standard error.
.SH COMMANDS
)";

// The codes of suite/core/error.h.
constexpr const char* conclusion = R"(.SH ENVIRONMENT
Every long option has a variable, named with it above; the command line wins.
.TP
.B NO_COLOR
No colour, when it is set and not empty.
.SH EXIT STATUS
.TP
0
success
.TP
1
a run or case failed
.TP
2
the command line is wrong
.TP
3
a recipe is wrong
.TP
4
a data set, weights or results are missing or damaged
.TP
5
a number is wrong: divergence, or a result that differs from its reference
.TP
6
a regression was found
.TP
69
this machine or this build lacks what was asked for
.TP
75
stopped at a checkpoint: start it again
.TP
130
interrupted
)";

}  // namespace

std::string man_page(const Command& root, const std::string& version) {
    std::string text = fmt::format(".TH DSQBENCH 1 \"\" \"dsqbench {}\"\n", roff(version));
    text += fmt::format(".SH NAME\ndsqbench \\- {}\n", roff(root.summary));
    text += ".SH SYNOPSIS\n.B dsqbench\n.I command\n.RI [ option ...]\n";
    text += introduction;
    for (const Command* command : all_commands(root))
        if (command != &root) text += section_of(*command);
    return text + conclusion;
}

}  // namespace dsqbench
