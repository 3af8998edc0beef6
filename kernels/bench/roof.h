// The limits that a kernel's inner loop could reach: what the processor's instruction table allows, and what the same
// instructions reach on registers alone in this process.
#pragma once

#include <optional>
#include <string>

#include "kernels/api/code_type.h"

namespace dsqbench {

// Nominal multiply-accumulates a cycle; unset where it is not known for this processor or this kernel.
struct Roofs {
    std::optional<double> table, loop;
};

// `variant`: a kernel's name. The loop is run when first asked for, some milliseconds, at a clock of `gigahertz`.
Roofs roofs_of(const std::string& variant, const CodeType& weights, double gigahertz);

}  // namespace dsqbench
