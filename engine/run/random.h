// The sampler's own random numbers: the same on every machine and with every library, one stream
// for each request. SplitMix64 (Steele, Lea, Flood 2014).
#pragma once

#include <cstdint>

namespace inferlab {

class Random
{
public:
    explicit Random(uint64_t seed) noexcept
        : m_state(seed)
    { }

    uint64_t next() noexcept
    {
        m_state += 0x9e3779b97f4a7c15u;
        uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    // In [0, 1), 53 random bits.
    double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    uint64_t m_state;
};

} // namespace inferlab
