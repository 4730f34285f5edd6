// The best of one row of logits and what all of them weigh together: enough for most draws of a
// token, and some hundred times fewer bytes than the row.
#pragma once

#include <cstdint>
#include <span>

namespace inferlab {

struct LogitSummary
{
    static constexpr int32_t kMost = 64;
    float logits[kMost] = {}; // best first; among equals the lower id
    int32_t ids[kMost] = {};
    int32_t count = 0;        // fewer in a smaller vocabulary; 0 where a device could not tell
    double sum = 0.0;         // of exp(logit - best) over the whole row
    double sumTempered = 0.0; // of exp((logit - best) / temperature); 0 for temperature 0
    int32_t notNumbers = 0;   // logits that are NaN: then the rest means nothing
};

// Of a row in host memory, in two passes over it. Sums are made in one order on every machine.
LogitSummary summariseRow(std::span<const float> logits, float temperature) noexcept;

} // namespace inferlab
