#include "quantizers/staircase.h"

#include <ATen/core/grad_mode.h>

namespace dsqbench {

Staircase make_staircase(const Range& range, int bits) {
    const at::NoGradGuard no_gradient;
    return {range, make_grid(bits, level_distance(range.u - range.l, bits), range.l)};
}

Position locate(const at::Tensor& x, const Staircase& staircase) {
    const at::NoGradGuard no_gradient;
    const Grid& grid = staircase.grid;
    const at::Tensor values = x.detach();
    Position place;
    place.v = ((values - broadcast_channels(grid.offset, x)) / broadcast_channels(grid.scale, x))
                  .clamp_(0, static_cast<double>(grid.highest));
    place.interval = place.v.floor().clamp_max_(static_cast<double>(grid.highest - 1));
    place.t = place.v - place.interval;
    // By x, not by v: (u - l) / D may round to just above n, and x = u is inside.
    place.inside =
        (values.ge(broadcast_channels(staircase.range.l, x)) & values.le(broadcast_channels(staircase.range.u, x)))
            .to(x.scalar_type());
    return place;
}

}  // namespace dsqbench
