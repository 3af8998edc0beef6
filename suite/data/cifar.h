// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one or two label bytes and 3072 pixels,
// red, green, blue plane of 32x32. https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
#pragma once

#include <string>
#include <string_view>

#include "suite/data/memory_dataset.h"

namespace dsqbench {

struct CifarLayout {
    int label_bytes = 1;  // the last one is the class; CIFAR-100's first is the superclass, which is not used
    int classes = 10;
};

inline constexpr CifarLayout cifar10_layout{1, 10};
inline constexpr CifarLayout cifar100_layout{2, 100};

// Throws Error(data) at `place` unless `bytes` is a whole number of records, at least one, with labels in range.
LabelledImages parse_cifar(std::string_view bytes, const CifarLayout& layout, const std::string& place);

}  // namespace dsqbench
