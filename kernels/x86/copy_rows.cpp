// copy_rows.h compiled for AVX2: pieces of 32 bytes, a pixel's share of most panels or a part of it.
#include "kernels/portable/copy_rows.h"

#include "kernels/x86/avx2.h"

namespace dsqbench {

DSQBENCH_AVX2 void copy_rows_avx2(const RowCopies& copies) {
    copy_rows<32>(copies);
}

}  // namespace dsqbench
