// Chooses the matrix product's inner loops for an instruction set.
#include "matmul_kernels.h"

namespace inferlab {

const MatmulKernels &matmulKernels(Isa isa) noexcept
{
#if defined(__x86_64__)
    if (isa == Isa::Amx)
        return kAmxMatmulKernels;
    if (isa == Isa::Avx512)
        return kAvx512MatmulKernels;
    if (isa == Isa::Avx2)
        return kAvx2MatmulKernels;
#endif
    static_cast<void>(isa);
    return kPortableMatmulKernels;
}

} // namespace inferlab
