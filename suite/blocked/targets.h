// Functions compiled for one instruction set: chosen by instruction_set.h, never by an option for a whole file, or the
// linker might pick an inline function that was compiled for a newer processor.
#pragma once

#if defined(__x86_64__) && defined(__clang__)
// clang refuses vectors as results of functions that are inlined into one with more instructions: SSE does for it.
#define DSQBENCH_AVX2_COPY
#define DSQBENCH_AVX2_FMA_COPY [[gnu::target("avx2,fma")]]
#define DSQBENCH_AVX512_COPY [[gnu::target("avx512f,avx512vl")]]
#elif defined(__x86_64__)
// Without FMA: products and sums round as tensor operations do.
#define DSQBENCH_AVX2_COPY [[gnu::target("avx2")]]
#define DSQBENCH_AVX2_FMA_COPY [[gnu::target("avx2,fma")]]
#define DSQBENCH_AVX512_COPY [[gnu::target("avx512f,avx512vl,prefer-vector-width=512")]]
#else
#define DSQBENCH_AVX2_COPY
#define DSQBENCH_AVX2_FMA_COPY
#define DSQBENCH_AVX512_COPY
#endif
