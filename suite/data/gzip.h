// gzip (RFC 1952) in memory, within a stated bound: a file of 1 MB can hold 1 GB.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsqbench {

bool is_gzip(std::string_view bytes);

// The first `count` bytes of the content, or all of it when it is shorter. Throws Error(data) at `place` when the
// stream is damaged or truncated before that.
std::string gunzip_start(std::string_view bytes, std::size_t count, const std::string& place);

// The content, which must be `size` bytes, pass its checksum and be followed by nothing; else throws Error(data).
// Memory grows with what is really there, not with `size`.
std::string gunzip_exactly(std::string_view bytes, std::size_t size, const std::string& place);

}  // namespace dsqbench
