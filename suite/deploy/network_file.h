// The integer network as a safetensors file, version 1: docs/deploy.md says what it holds. Written and read without
// LibTorch.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "suite/deploy/network.h"

namespace dsqbench::deploy {

constexpr int network_file_version = 1;

std::string format_network(const Network& network);
// Atomic: see write_file_atomically.
void write_network(const std::filesystem::path& path, const Network& network);

// Throws Error(data) on anything that is not a whole file of this version whose checksum holds and whose parts fit each
// other; `place` names the file in messages.
Network parse_network(std::string_view bytes, const std::string& place);
Network read_network(const std::filesystem::path& path);

}  // namespace dsqbench::deploy
