#include "suite/training/memory.h"

#include <malloc.h>

namespace dsqbench {

void keep_freed_memory() {
#if defined(M_MMAP_THRESHOLD)
    // Larger ones leave holes that nothing else fits: ResNet-18 with batches of 256 large images takes 10.5 GiB so, and
    // 13.6 GiB where all but 1 GiB is kept, in the same time.
    constexpr int largest_kept = 100 << 20;
    constexpr int kept_at_the_end = 1 << 30;
    ::mallopt(M_MMAP_THRESHOLD, largest_kept);
    ::mallopt(M_TRIM_THRESHOLD, kept_at_the_end);
#endif
}

}  // namespace dsqbench
