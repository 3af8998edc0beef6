// A quantizer's own options, read from QuantizerSettings::options with their defaults. Unknown names never get here:
// make_quantizer() refuses them.
#pragma once

#include <string>
#include <vector>

#include "quantizers/quantizer.h"

namespace dsqbench {

// Throws Error(recipe) for a value that is no text or not among the choices.
std::string text_option(const QuantizerSettings& settings, const std::string& name, const std::string& default_value,
                        const std::vector<std::string>& choices);

struct Interval {
    double lowest, highest;  // both allowed
};

// Throws Error(recipe) for a value that is no number inside the interval.
double real_option(const QuantizerSettings& settings, const std::string& name, double default_value, Interval interval);

}  // namespace dsqbench
