#include "suite/report/factorial.h"

#include <cmath>
#include <stdexcept>

namespace dsqbench {

void require_balanced(const Factorial& study) {
    const bool known_cells =
        study.is_full() ? study.cells == full_factorial(study.factors) : study.cells == half_factorial(study.factors);
    if (!known_cells || study.values.size() != study.cells.size())
        throw std::logic_error("the cells are neither a full nor a half factorial design");
    for (const auto& values : study.values) {
        if (values.empty() || values.size() != study.seeds()) throw std::logic_error("a cell lacks a seed");
        for (const double value : values)
            if (!std::isfinite(value)) throw std::logic_error("a cell holds a value that is not finite");
    }
}

}  // namespace dsqbench
