// Chooses the table of an instruction set.
#include "vector_kernels.h"

namespace inferlab {

const VectorKernels &vectorKernelsPortable() noexcept;
const VectorKernels &vectorKernelsAvx2() noexcept;
const VectorKernels &vectorKernelsAvx512() noexcept;

const VectorKernels &vectorKernels(Isa isa) noexcept
{
#if defined(__x86_64__)
    if (isa >= Isa::Avx512)
        return vectorKernelsAvx512();
    if (isa == Isa::Avx2)
        return vectorKernelsAvx2();
#else
    static_cast<void>(isa);
#endif
    return vectorKernelsPortable();
}

} // namespace inferlab
