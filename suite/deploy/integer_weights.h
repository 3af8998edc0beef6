// A layer's weights as integers. With codes a of the input (real value oa + sa a) and weights whose value is w u + z (w
// an integer of `type`), the sum of products over the taps inside the image is
//     sa u S + sa z R + oa (u W + z n)
// S the sum of a w, R the sum of a (the window sum), W the sum of the w and n their number: both of the taps inside, as
// a zero outside the image is the real number 0, not a code. Codes outside are 0, so S and R do not see them.
#pragma once

#include <cstdint>
#include <vector>

#include "suite/deploy/graph.h"

namespace dsqbench::deploy {

struct IntegerWeights {
    CodeType type;
    std::vector<double> unit;           // [OC]: sa u
    std::vector<double> window_unit;    // [OC]: sa z; all 0 where z is within float rounding of 0
    std::vector<double> constant;       // [classes][OC]: oa (u W + z n)
    std::vector<std::uint8_t> classes;  // [OH * OW] which row of `constant`; empty: one

    bool has_no_windows() const;
};

// Of a layer with input grid and weight codes.
IntegerWeights integer_weights(const Layer& layer);

// The real numbers that the codes stand for.
std::vector<float> real_weights(const Layer& layer);

}  // namespace dsqbench::deploy
