// The vector kernels in portable C++: vectors of four floats, as every 64-bit machine has them,
// through the vector types of GCC and Clang.
#include "kernels/api/half.h"
#include "vector_kernels.h"

#include <cstring>

namespace inferlab {

namespace {

using Reg = float __attribute__((vector_size(16)));
using IntReg = int32_t __attribute__((vector_size(16)));

constexpr int kWidth = 4;
// Vectors side by side in a block of sums: with four queries 8 sums fill the 16 registers of SSE2
// and NEON with what feeds them.
constexpr int kBlockVectors = 2;

Reg broadcast(float value)
{
    return Reg {value, value, value, value};
}

Reg load(const float *source)
{
    Reg value;
    std::memcpy(&value, source, sizeof value);
    return value;
}

Reg load(const uint16_t *source)
{
    return Reg {halfToFloat(source[0]), halfToFloat(source[1]), halfToFloat(source[2]),
                halfToFloat(source[3])};
}

void store(float *target, Reg value)
{
    std::memcpy(target, &value, sizeof value);
}

void storeHalves(uint16_t *target, Reg value)
{
    for (int i = 0; i < kWidth; ++i)
        target[i] = floatToHalf(value[i]);
}

// a * b + c; without a fused instruction that is two roundings.
Reg multiplyAdd(Reg a, Reg b, Reg c)
{
    return a * b + c;
}

// A NaN in the second argument is the result.
Reg larger(Reg a, Reg b)
{
    return a > b ? a : b;
}

Reg smaller(Reg a, Reg b)
{
    return a < b ? a : b;
}

float sumOfLanes(Reg value)
{
    return (value[0] + value[2]) + (value[1] + value[3]);
}

float largestOfLanes(Reg value)
{
    const float a = value[0] > value[2] ? value[0] : value[2];
    const float b = value[1] > value[3] ? value[1] : value[3];
    return a > b ? a : b;
}

// x * 2^n for whole n in -250 .. 250, in two steps so that each factor is a normal number.
Reg timesPowerOfTwo(Reg x, Reg n)
{
    const IntReg exponent = __builtin_convertvector(n, IntReg);
    const IntReg first = exponent >> 1;
    const IntReg firstBits = (first + 127) << 23;
    const IntReg secondBits = (exponent - first + 127) << 23;
    Reg firstFactor;
    Reg secondFactor;
    std::memcpy(&firstFactor, &firstBits, sizeof firstFactor);
    std::memcpy(&secondFactor, &secondBits, sizeof secondFactor);
    return x * firstFactor * secondFactor;
}

// value, but 0 in the lanes where x < least; a NaN is below nothing.
Reg zeroWhereBelow(Reg x, Reg least, Reg value)
{
    return x < least ? broadcast(0.0f) : value;
}

// Lane j of vector i and lane i of vector j change places.
void transpose(Reg (&v)[kWidth])
{
    const Reg a = __builtin_shuffle(v[0], v[1], IntReg {0, 4, 1, 5});
    const Reg b = __builtin_shuffle(v[0], v[1], IntReg {2, 6, 3, 7});
    const Reg c = __builtin_shuffle(v[2], v[3], IntReg {0, 4, 1, 5});
    const Reg d = __builtin_shuffle(v[2], v[3], IntReg {2, 6, 3, 7});
    v[0] = __builtin_shuffle(a, c, IntReg {0, 1, 4, 5});
    v[1] = __builtin_shuffle(a, c, IntReg {2, 3, 6, 7});
    v[2] = __builtin_shuffle(b, d, IntReg {0, 1, 4, 5});
    v[3] = __builtin_shuffle(b, d, IntReg {2, 3, 6, 7});
}

#include "lane_sums.inl"

#include "attention_chunk.inl"
#include "vector_rows.inl"

} // namespace

const VectorKernels &vectorKernelsPortable() noexcept;

const VectorKernels &vectorKernelsPortable() noexcept
{
    static constexpr VectorKernels kTable {rmsNormRow, siluMultiplyRow,  addRow,
                                           expRow,     halvesFromFloats, attendChunk};
    return kTable;
}

} // namespace inferlab
