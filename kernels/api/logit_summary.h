// The best of one row of logits and what all of them weigh together: enough for most draws of a
// token, and some hundred times fewer bytes than the row.
#pragma once

#include <cstdint>

namespace inferlab {

struct LogitSummary
{
    static constexpr int32_t kMost = 64;
    float logits[kMost] = {}; // best first; among equals the lower id
    int32_t ids[kMost] = {};
    int32_t count = 0;        // fewer in a smaller vocabulary
    float sum = 0.0f;         // of exp(logit - best) over the whole row
    float sumTempered = 0.0f; // of exp((logit - best) / temperature)
    int32_t notNumbers = 0;   // logits that are NaN: then the rest means nothing
};

} // namespace inferlab
