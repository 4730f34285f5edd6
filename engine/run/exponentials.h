// exp over a whole vocabulary at every token: in plain float arithmetic of our own, so that it is
// vector code with every compiler, and a draw has the same bits with every mathematics library.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace inferlab {

// exp(x) for x <= 0 within 2e-7 of itself: 2^n times a polynomial (Cephes' expf). 0 below -87,
// where floats lose digits.
[[gnu::always_inline]] inline float expNonPositive(float x) noexcept
{
    // Of numbers that are not positive the bits rise as the number falls. Compared as bits, because
    // choosing between floats is a branch to some compilers, and a loop with one no vector code.
    constexpr uint32_t kLowestBits = std::bit_cast<uint32_t>(-87.0f);
    const auto bits = std::bit_cast<uint32_t>(x);
    const bool isBelow = bits > kLowestBits;
    const float inside = std::bit_cast<float>(isBelow ? kLowestBits : bits);
    // Adding and taking away 1.5 * 2^23 leaves the nearest integer, without a call to round.
    constexpr float kRounder = 12582912.0f;
    const float n = (inside * 1.44269504f + kRounder) - kRounder;
    const float r = inside - n * 0.693359375f + n * 2.12194440e-4f; // ln 2 in two parts
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const auto power = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
    const uint32_t kept = isBelow ? 0u : ~0u;
    return p * std::bit_cast<float>(power & kept);
}

// The sum of exp((logit - largest) / temperature), no logit above `largest`; each term as well in
// `terms` unless that is empty. In a fixed order: the same bits on every machine.
double exponentialSum(std::span<const float> logits, float largest, float temperature,
                      std::span<float> terms = {});

} // namespace inferlab
