// The few best of a vocabulary's logits, in one pass.
#pragma once

#include "engine/run/request.h"

#include <array>
#include <cstdint>
#include <span>

namespace inferlab {

struct RankedToken
{
    int32_t id = -1;
    float logit = 0.0f;
};

// Larger logit first; among equals the lower id, so that an order has one meaning.
inline bool ranksBefore(const RankedToken &a, const RankedToken &b) noexcept
{
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

struct Leaders
{
    static constexpr int kCount = TokenEvent::kRunnersUp + 1; // the runners-up and the best
    std::array<RankedToken, kCount> best;                     // best first
    int count = 0;                                            // fewer in a smaller vocabulary
};

// Throws std::runtime_error when a logit is not a number, or the best is not finite.
void requireUsable(bool hasNan, float best);
// As requireUsable().
Leaders findLeaders(std::span<const float> logits);

} // namespace inferlab
