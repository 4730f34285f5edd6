#include "request.h"

#include "engine/base/error.h"

#include <cmath>
#include <string>

namespace inferlab {

namespace {

void requireRange(const char *name, double value, double low, double high, bool lowAllowed = true)
{
    const bool inside =
        std::isfinite(value) && (lowAllowed ? value >= low : value > low) && value <= high;
    if (inside)
        return;
    const auto text = [](double number) {
        std::string digits = std::to_string(number); // always six decimals
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.')
            digits.pop_back();
        return digits;
    };
    throw InputError(name, "",
                     std::string(lowAllowed ? "from " : "above ") + text(low)
                         + (lowAllowed ? " to " : " and up to ") + text(high),
                     std::isfinite(value) ? text(value) : "no number");
}

} // namespace

const char *endReasonName(EndReason reason) noexcept
{
    switch (reason) {
    case EndReason::Running:
        return "running";
    case EndReason::Stop:
        return "stop";
    case EndReason::Length:
        return "length";
    case EndReason::Cancelled:
        return "cancelled";
    case EndReason::Error:
        return "error";
    }
    return "error";
}

const char *batchPolicyName(BatchPolicy policy) noexcept
{
    return policy == BatchPolicy::Static ? "static" : "continuous";
}

std::optional<BatchPolicy> batchPolicyFromName(std::string_view name) noexcept
{
    for (const BatchPolicy policy : {BatchPolicy::Static, BatchPolicy::Continuous}) {
        if (name == batchPolicyName(policy))
            return policy;
    }
    return std::nullopt;
}

void SamplingSettings::validate() const
{
    requireRange("temperature", temperature, 0.0, kMaxTemperature);
    requireRange("top-k", topK, 0.0, kMaxTopK);
    requireRange("top-p", topP, 0.0, 1.0, false);
    requireRange("min-p", minP, 0.0, 1.0);
    requireRange("repetition penalty", repetitionPenalty, kMinRepetitionPenalty,
                 kMaxRepetitionPenalty);
}

} // namespace inferlab
