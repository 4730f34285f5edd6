// Seeded random weights in any element type, the same on every machine.
#pragma once

#include "kernels/api/dtype.h"

#include <cstdint>
#include <string>

namespace inferlab::test {

// splitmix64 (Steele, Lea, Flood 2014): small, and its sequence is part of no library's version.
class SeededRandom
{
public:
    explicit SeededRandom(uint64_t seed)
        : m_state(seed)
    { }
    uint64_t next() noexcept;
    // Uniform in [0, bound).
    uint64_t below(uint64_t bound) noexcept { return next() % bound; }
    // Uniform in [-1, 1).
    float symmetric() noexcept;

private:
    uint64_t m_state;
};

// `elements` values of mean about 0 and standard deviation about `deviation`, as a file's bytes.
// F32, F16 and BF16: rounded uniform values. Block types: random integers beneath scales that give
// this deviation. elements must be a multiple of the block; throws std::invalid_argument.
std::string randomBlocks(DType type, int64_t elements, float deviation, SeededRandom &random);

} // namespace inferlab::test
