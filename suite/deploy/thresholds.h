// Everything between two layers folded into a comparison of integers: the sum of products becomes a real number, batch
// normalisation scales it, ReLU cuts it, the next layer's quantizer rounds it to a code. Each of these never falls (or,
// for a negative scale, never rises) with the sum, in floating point too, so that the code is the number of thresholds
// that the sum reaches. The thresholds are found by bisection over the very function that is evaluated, hence exact.
#pragma once

#include <cstdint>
#include <functional>

#include "kernels/api/code_type.h"
#include "kernels/api/epilogue.h"

namespace dsqbench::deploy {

// What becomes of a sum in one channel. Products are of integers, so the convolution's value is one double product and
// sum, rounded to float32 once; the rest is the float32 arithmetic of evaluation.
struct ChannelFunction {
    double unit = 1, constant = 0;  // convolution = unit * sum + constant
    float scale = 1, shift = 0;     // of batch normalisation
    Rectifier rectifier = Rectifier::none;

    float value(std::int32_t sum) const;
    Direction direction() const;
};

// Adds the thresholds of one channel: levels[2^bits - 1] and the direction. `sums`: all that can occur. A code that no
// sum reaches has a threshold just outside of them.
void add_thresholds(const ChannelFunction& function, const RealGrid& grid, Range sums, Thresholds& thresholds);

}  // namespace dsqbench::deploy
