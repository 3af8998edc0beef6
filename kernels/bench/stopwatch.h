// How long a call takes.
#pragma once

#include <chrono>

namespace dsqbench {

template <class Call>
double nanoseconds_of(const Call& call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace dsqbench
