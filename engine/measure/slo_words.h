// How many requests kept their limits, in words.
#pragma once

#include "engine/measure/slo.h"

#include <string>

namespace inferlab {

// Percent of requests with its 95% interval: "81 (74 to 87)"; "-" without requests.
std::string attainmentText(const SloOutcome &outcome);
// Requests a second that kept all limits: "1.2"; "-" where no time passed.
std::string goodputText(const SloOutcome &outcome);
// The limit that most requests missed, and how many: "TTFT, 12 of 40"; those that did not complete
// are named where they are more; "none" where all were kept.
std::string missedText(const SloOutcome &outcome);

} // namespace inferlab
