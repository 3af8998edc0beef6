#include "suite/blocked/weights.h"

#include <utility>

namespace dsqbench::blocked {

namespace {

// Calls visit(first out channel, out channels, in channel, tap) in the packed order.
template <class Visit>
void for_each_packed(InstructionSet isa, std::int64_t out_blocks, std::int64_t in_blocks, std::int64_t taps,
                     Visit visit) {
    for (std::int64_t first = 0; first < out_blocks; first += group_size(isa, first, out_blocks)) {
        const std::int64_t count = group_size(isa, first, out_blocks) * block;
        for (std::int64_t in_block = 0; in_block < in_blocks; ++in_block)
            for (std::int64_t tap = 0; tap < taps; ++tap)
                for (std::int64_t in = in_block * block; in < (in_block + 1) * block; ++in)
                    visit(first * block, count, in, tap);
    }
}

std::int64_t weight_index(const ConvolutionShape& shape, std::int64_t out, std::int64_t in, std::int64_t tap) {
    return (out * shape.in_blocks * block + in) * shape.taps() + tap;
}

}  // namespace

std::int64_t group_size(InstructionSet isa, std::int64_t first, std::int64_t blocks) {
    const std::int64_t left = blocks - first;
    return left >= 4 && isa == InstructionSet::avx512 ? 4 : left >= 2 ? 2 : 1;
}

void pack_forward(InstructionSet isa, const ConvolutionShape& shape, const Plan& plan, const float* weights,
                  float* packed) {
    const std::int64_t next_out = weight_index(shape, 1, 0, 0);
    for_each_packed(isa, shape.out_blocks, shape.in_blocks, shape.taps(),
                    [&](std::int64_t out, std::int64_t count, std::int64_t in, std::int64_t tap) {
                        const Tap& place = plan.taps[static_cast<std::size_t>(tap)];
                        const float* from =
                            weights + weight_index(shape, out, in, place.row * shape.kernel + place.column);
                        for (std::int64_t i = 0; i < count; ++i) *packed++ = from[i * next_out];
                    });
}

// Input and output exchanged.
void pack_input_gradient(InstructionSet isa, const ConvolutionShape& shape, const Plan& plan, const float* weights,
                         float* packed) {
    const std::int64_t next_in = weight_index(shape, 0, 1, 0);
    for_each_packed(isa, shape.in_blocks, shape.out_blocks, shape.taps(),
                    [&](std::int64_t in, std::int64_t count, std::int64_t out, std::int64_t tap) {
                        const Tap& place = plan.taps[static_cast<std::size_t>(tap)];
                        const float* from =
                            weights + weight_index(shape, out, in, place.row * shape.kernel + place.column);
                        for (std::int64_t i = 0; i < count; ++i) *packed++ = from[i * next_in];
                    });
}

// There a kernel row is contiguous: [group][in block][kernel row][kernel column, in channel][out channels].
void unpack_weight_gradient(InstructionSet isa, const ConvolutionShape& shape, const float* packed, float* gradient) {
    const std::int64_t next_out = weight_index(shape, 1, 0, 0);
    for_each_packed(isa, shape.out_blocks, shape.in_blocks, shape.taps(),
                    [&](std::int64_t out, std::int64_t count, std::int64_t in, std::int64_t tap) {
                        float* to = gradient + weight_index(shape, out, in, tap);
                        for (std::int64_t i = 0; i < count; ++i) to[i * next_out] = *packed++;
                    });
}

}  // namespace dsqbench::blocked
