// Which x86 processor this is, for what its instruction sets do not say.
#pragma once

#include <string>

namespace dsqbench {

struct ProcessorModel {
    std::string vendor;  // "AuthenticAMD"; "" where it is no x86 or does not say
    unsigned family = 0, model = 0;
};

ProcessorModel processor_model();

// How many instructions of 256 bits one of 512 is worth in time: 2 on Zen 4, whose units have 256 bits, else 1.
double wide_instruction_cost();

}  // namespace dsqbench
