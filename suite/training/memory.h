// How the C library treats the memory of tensors.
#pragma once

namespace dsqbench {

// Activations come and go in the same sizes every step. By default glibc returns blocks of megabytes to the system and
// takes them back, and every page of them is cleared anew at its first touch; after this call the process keeps them,
// but for those above 100 MiB.
void keep_freed_memory();

}  // namespace dsqbench
