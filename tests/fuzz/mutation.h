// Small damage to a file, as a bad disk, a broken transfer or an attacker would do it.
#pragma once

#include <string>

#include "suite/core/random.h"

namespace dsqbench {

// `input` after one to four random edits: flipped bits, overwritten, removed, repeated or inserted bytes, truncation.
std::string mutate(std::string input, Random& random);

}  // namespace dsqbench
