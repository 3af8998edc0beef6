// Pushes everything out of the caches.
#pragma once

namespace dsqbench {

// Writes to twice the largest cache.
void evict_caches();

}  // namespace dsqbench
