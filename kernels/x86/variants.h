// The AVX2 kernels.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant avx2_dictionary_variant();
KernelVariant avx2_byte_pairs_variant();
KernelVariant avx2_word_pairs_variant();
KernelVariant avx2_winograd_variant();
KernelVariant avx2_winograd_words_variant();

}  // namespace dsqbench
