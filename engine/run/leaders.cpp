#include "leaders.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace inferlab {

namespace {

// Compilers turn a loop over this many lanes into vector code without being allowed to reorder.
constexpr size_t kLanes = 16;
// Logits looked at together: most blocks hold none of the best, and their maximum says so.
constexpr size_t kBlock = 128;

struct BlockSummary
{
    float largest;
    bool hasNan;
};

BlockSummary summarise(const float *block)
{
    std::array<float, kLanes> largest;
    std::array<uint32_t, kLanes> nan {};
    largest.fill(-std::numeric_limits<float>::infinity());
    for (size_t i = 0; i < kBlock; i += kLanes) {
        for (size_t lane = 0; lane < kLanes; ++lane) {
            const float x = block[i + lane];
            largest[lane] = x > largest[lane] ? x : largest[lane];
            nan[lane] |= x != x ? 1u : 0u;
        }
    }
    return {*std::max_element(largest.begin(), largest.end()),
            std::any_of(nan.begin(), nan.end(), [](uint32_t flag) { return flag != 0; })};
}

// Rising ids: an equal logit further on never replaces an earlier one.
void offer(Leaders &leaders, RankedToken token)
{
    const bool full = leaders.count == Leaders::kCount;
    if (full && !(token.logit > leaders.best.back().logit))
        return;
    int at = full ? Leaders::kCount - 1 : leaders.count++;
    for (; at > 0 && ranksBefore(token, leaders.best[static_cast<size_t>(at - 1)]); --at)
        leaders.best[static_cast<size_t>(at)] = leaders.best[static_cast<size_t>(at - 1)];
    leaders.best[static_cast<size_t>(at)] = token;
}

} // namespace

void requireUsable(bool hasNan, float best)
{
    if (hasNan)
        throw std::runtime_error("the model produced logits that are not numbers (NaN)");
    if (!std::isfinite(best))
        throw std::runtime_error("the model produced logits that are not finite");
}

Leaders findLeaders(std::span<const float> logits)
{
    Leaders leaders;
    bool hasNan = false;
    const auto offerAll = [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i)
            offer(leaders, {static_cast<int32_t>(i), logits[i]});
    };
    size_t begin = 0;
    for (; begin + kBlock <= logits.size(); begin += kBlock) {
        const BlockSummary block = summarise(logits.data() + begin);
        hasNan = hasNan || block.hasNan;
        if (leaders.count < Leaders::kCount || block.largest > leaders.best.back().logit)
            offerAll(begin, begin + kBlock);
    }
    for (size_t i = begin; i < logits.size(); ++i)
        hasNan = hasNan || std::isnan(logits[i]);
    offerAll(begin, logits.size());
    requireUsable(hasNan, leaders.count > 0 ? leaders.best[0].logit : INFINITY);
    return leaders;
}

} // namespace inferlab
