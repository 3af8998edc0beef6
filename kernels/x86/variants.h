// The kernels for x86.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant avx2_dictionary_variant();
KernelVariant avx2_byte_pairs_variant();
KernelVariant avx2_word_pairs_variant();
KernelVariant avx2_winograd_variant();
KernelVariant avx2_winograd_words_variant();
KernelVariant avx_vnni_variant();
KernelVariant avx_vnni_winograd_variant();
KernelVariant avx512_dictionary_variant();
KernelVariant avx512_popcount_variant();
KernelVariant avx512_vnni_variant();
KernelVariant avx512_vnni_winograd_variant();

}  // namespace dsqbench
