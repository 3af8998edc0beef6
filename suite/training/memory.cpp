#include "suite/training/memory.h"

#include <malloc.h>

namespace dsqbench {

void keep_freed_memory() {
#if defined(M_MMAP_THRESHOLD)
    constexpr int largest = 1 << 30;
    ::mallopt(M_MMAP_THRESHOLD, largest);
    ::mallopt(M_TRIM_THRESHOLD, largest);
#endif
}

}  // namespace dsqbench
