// Words for a POSIX shell.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// `text` as one word, whatever it holds: 'it'\''s'.
std::string shell_quoted(std::string_view text);

// The same, without quotes where none are needed: for commands that people read.
std::string shell_word(std::string_view text);

}  // namespace dsqbench
