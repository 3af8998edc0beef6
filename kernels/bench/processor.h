// Which processor this is, more exactly than its marketing name: "AMD EPYC" has been Zen 3 and Zen 5.
#pragma once

#include <string>

namespace dsqbench {

// "AuthenticAMD 26/2": vendor, family and model; on ARM "0x41 0xd03": implementer and part of the first core; "" where
// the processor does not say.
std::string processor_name();

}  // namespace dsqbench
