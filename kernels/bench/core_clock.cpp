#include "kernels/bench/core_clock.h"

#include <algorithm>
#include <limits>

#include "kernels/bench/stopwatch.h"

namespace dsqbench {
namespace {

constexpr int additions = 10;  // a turn; the loop's own instructions run beside them
constexpr int turns = 20000;   // 62 us at 3.2 GHz: short enough to fall between two interruptions
constexpr int chains = 15;

void add_in_a_chain() {
    long x = 0;
    for (int i = 0; i < turns; ++i) {
#if defined(__x86_64__)
        asm volatile(
            "add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n"
            "add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n"
            : "+r"(x));
#elif defined(__aarch64__)
        asm volatile(
            "add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n"
            "add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n"
            : "+r"(x));
#endif
    }
}

}  // namespace

double core_gigahertz() {
#if defined(__x86_64__) || defined(__aarch64__)
    double fastest = std::numeric_limits<double>::infinity();
    for (int chain = 0; chain < chains; ++chain) fastest = std::min(fastest, nanoseconds_of(add_in_a_chain));
    return double{additions} * turns / fastest;
#else
    return 0;
#endif
}

}  // namespace dsqbench
