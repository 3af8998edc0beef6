// `dsqbench completion`: scripts for the shells, and the man page, from the command line's own description.
#include "suite/cli/command_tree.h"
#include "suite/cli/completion_scripts.h"
#include "suite/cli/verbs.h"
#include "suite/record/build_info.h"

namespace dsqbench {

namespace {

std::string text_for(const std::string& reader, const Command& root) {
    if (reader == "bash") return bash_completion(root);
    if (reader == "zsh") return zsh_completion(root);
    if (reader == "fish") return fish_completion(root);
    return man_page(root, build_info().version);
}

void declare(CLI::App& command, Session&) {
    const auto reader = std::make_shared<std::string>();
    command.add_option("for", *reader, "who reads it")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish", "man"}));
    command.callback([reader, &command] { print_result(text_for(*reader, describe(*command.get_parent()))); });
}

}  // namespace

const Verb completion_verb{"completion", "print a completion script for a shell, or the man page", declare};

}  // namespace dsqbench
