// What the files of this folder share: the engine, a primitive ready to run, data that does not slow arithmetic down.
// Works with oneDNN 2.6 (Debian 12) and 3.7 (Debian 13), whose descriptors are made differently.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernels/bench/rival.h"

namespace dsqbench::onednn {

// "2.6.3"
std::string version();

// To be called before a primitive is made. The library takes a limit of instruction sets before its first operator
// only, so those of the first call hold.
void hold_to(const RivalLimits& limits);

const dnnl::engine& engine();

// Memory of that layout with small values: never denormal, and no sums that overflow.
dnnl::memory filled(const dnnl::memory::desc& layout);

using Arguments = std::unordered_map<int, dnnl::memory>;

// The primitive, its arguments and a stream of its own, as something to run.
PreparedRival prepared(const dnnl::primitive& primitive, const std::string& implementation, Arguments arguments);

// The message of a primitive that the library does not have.
PreparedRival refused(const dnnl::error& error);

}  // namespace dsqbench::onednn
