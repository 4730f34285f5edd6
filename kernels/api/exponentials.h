// exp over a whole vocabulary at every token: in plain float arithmetic of our own, so that it is
// vector code with every compiler, and a draw has the same bits with every mathematics library.
#pragma once

#include "ranked_tokens.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

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

// Terms that are summed in floats before the doubles take over: few enough to keep six digits, and
// a buffer that stays in the first cache.
constexpr size_t kExponentialRun = 1024;

// What exp((logit - largest) / temperature) is of; no logit is above `largest`.
struct Tempering
{
    float largest = 0.0f;
    float temperature = 1.0f;
};

// Which tokens of a row count: those that rank before one of them and weigh at least so much. All
// of them, unless said otherwise.
struct TokenSet
{
    RankedToken before {std::numeric_limits<int32_t>::max(),
                        -std::numeric_limits<float>::infinity()};
    float leastWeight = 0.0f;
};

// The loops over logits, once for each width of vectors. All give the same bits.
struct LogitLoops
{
    const char *name = "";
    // The sum of the exponentials of at most kExponentialRun logits; each as well in `terms`.
    double (*sum)(std::span<const float> logits, Tempering tempering, float *terms) noexcept;
    // As sum(), with 0 for tokens that are not in the set; the first logit is token `firstId`'s.
    double (*sumOf)(std::span<const float> logits, Tempering tempering, const TokenSet &set,
                    int32_t firstId, float *terms) noexcept;
    // The largest of each `block` logits, the last of fewer; NaN is smaller than all. Returns how
    // many are NaN. block: a multiple of 16.
    int32_t (*largest)(std::span<const float> logits, size_t block, float *blocks) noexcept;
};

// The widest that this machine runs.
const LogitLoops &logitLoops() noexcept;
// All that it runs, for comparing them.
std::vector<LogitLoops> allLogitLoops();

} // namespace inferlab
