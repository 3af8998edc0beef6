// Words for a POSIX shell.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// `text` as one word, whatever it holds: 'it'\''s'.
std::string shell_quoted(std::string_view text);

}  // namespace dsqbench
