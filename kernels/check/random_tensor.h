// Made-up weights and activations, the same on every machine for the same seed.
#pragma once

#include "kernels/api/dtype.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inferlab {

// SplitMix64 (Steele, Lea, Flood 2014): small, and not at the mercy of a library's distributions.
class RandomBits
{
public:
    explicit RandomBits(uint64_t seed)
        : m_state(seed)
    { }
    uint64_t next() noexcept;
    float uniform(float low, float high) noexcept;

private:
    uint64_t m_state;
};

// Uniform in -1 .. 1.
std::vector<float> randomFloats(size_t count, uint64_t seed);

// What rope() of `rows` positions from 3 on takes: cos of pair i at 2i, sin at 2i + 1.
std::vector<float> ropeAngles(int64_t rows, int32_t ropeDim);

// The bytes of a weight [rows, cols] of any type, with values of an order of 1: random codes, and
// scales that are neither infinite nor NaN. cols: a multiple of the type's block.
std::vector<unsigned char> randomWeight(DType dtype, int64_t rows, int64_t cols, uint64_t seed);

} // namespace inferlab
