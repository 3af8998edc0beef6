#include "kernels/reference/gemm.h"

namespace dsqbench {

std::vector<std::int32_t> reference_gemm(const GemmShape& shape, const GemmOperands& operands) {
    std::vector<std::int32_t> sums;
    for (int row = 0; row < shape.rows; ++row) {
        for (int column = 0; column < shape.columns; ++column) {
            const auto* a = operands.activations.data() + std::ptrdiff_t{row} * shape.depth;
            const auto* w = operands.weights.data() + std::ptrdiff_t{column} * shape.depth;
            std::int32_t sum = 0;
            for (int k = 0; k < shape.depth; ++k)
                sum += operands.activation_type.value(a[k]) * operands.weight_type.value(w[k]);
            sums.push_back(sum);
        }
    }
    return sums;
}

}  // namespace dsqbench
