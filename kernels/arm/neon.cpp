#include "kernels/arm/neon.h"

namespace dsqbench {

void pack_neon(const WeightBlock& block, int steps, std::byte* packed) {
    for (int half = 0; half < neon_block_channels; half += neon_tile_channels)
        for (int step = 0; step < steps; ++step)
            for (int channel = half; channel < half + neon_tile_channels; ++channel)
                for (int i = 0; i < neon_step_elements; ++i)
                    *packed++ = static_cast<std::byte>(block.at(channel, step * neon_step_elements + i));
}

Scheme neon_scheme(const ConvolutionProblem& problem) {
    Scheme scheme{};
    scheme.format = OperandFormat::bytes;
    scheme.activations = centred_mapping(problem.activations);
    scheme.weights = centred_mapping(problem.weights);
    scheme.tile_pixels = neon_tile_pixels;
    scheme.block_channels = neon_block_channels;
    scheme.step_elements = neon_step_elements;
    scheme.step_weight_bytes = neon_step_weight_bytes;
    scheme.steps_per_block = neon_steps_per_block;
    scheme.pack = pack_neon;
    scheme.finish = finish_portable;
    return scheme;
}

}  // namespace dsqbench
