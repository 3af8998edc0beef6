#include "kernels/bench/roof.h"

#include <algorithm>
#include <limits>
#include <map>

#include "kernels/bench/roof_loops.h"
#include "kernels/bench/stopwatch.h"

namespace dsqbench {
namespace {

constexpr long turns = 2000;  // 10 to 20 us
constexpr int repetitions = 200;

double fastest_turn_ns(const RoofLoop& loop) {
    double fastest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repetitions; ++i) fastest = std::min(fastest, nanoseconds_of([&] { loop.run(turns); }));
    return fastest / turns;
}

double cached_turn_ns(const RoofLoop& loop) {
    static std::map<std::string, double> known;
    const auto found = known.find(loop.variant);
    return found != known.end() ? found->second : known[loop.variant] = fastest_turn_ns(loop);
}

}  // namespace

Roofs roofs_of(const std::string& variant, const CodeType& weights, double gigahertz) {
    static const std::vector<RoofLoop> loops = roof_loops();
    const auto loop =
        std::find_if(loops.begin(), loops.end(), [&](const auto& known) { return known.variant == variant; });
    if (loop == loops.end() || gigahertz <= 0) return {};
    const double nominal = loop->nominal_per_mac / (loop->per_weight_bit ? weights.bits : 1);
    Roofs roofs;
    roofs.loop = loop->macs_per_turn / (cached_turn_ns(*loop) * gigahertz) * nominal;
    if (loop->table_macs_per_cycle > 0) roofs.table = loop->table_macs_per_cycle * nominal;
    return roofs;
}

}  // namespace dsqbench
