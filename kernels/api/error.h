// What the operators throw. kernels/ depends on the standard library only, hence not suite/core's Error: its users
// translate.
#pragma once

#include <stdexcept>

namespace dsqbench {

// A shape, code type or epilogue that no kernel can run; what() names the field and its value.
class ShapeError : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
};

// A kernel that is not there: an unknown name, or one that needs instructions this processor lacks.
class KernelError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace dsqbench
