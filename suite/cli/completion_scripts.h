// Completion scripts and the man page, made from the command tree.
#pragma once

#include <string>

#include "suite/cli/command_tree.h"

namespace dsqbench {

// Each is to be read by its shell: source <(dsqbench completion bash)
std::string bash_completion(const Command& root);
std::string zsh_completion(const Command& root);
std::string fish_completion(const Command& root);

// roff with the man macros, section 1. `version` stands in its footer.
std::string man_page(const Command& root, const std::string& version);

}  // namespace dsqbench
