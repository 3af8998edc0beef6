// What writing and reading a network file have in common.
#pragma once

#include <string>

#include "suite/core/safetensors.h"

namespace dsqbench::deploy {

constexpr const char* network_format_name = "dsqbench-network";

// By the numbers of `Coding`.
constexpr const char* coding_names[] = {"unsigned", "signed", "offset"};

// SHA-256 over the description and every tensor: name, type, shape and bytes.
std::string network_checksum(const TensorFile& file);

}  // namespace dsqbench::deploy
