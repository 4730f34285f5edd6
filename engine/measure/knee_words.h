// What the methods of finding a knee say to each other, in words.
#pragma once

#include "engine/measure/knee.h"

#include <string>
#include <string_view>

namespace inferlab {

// "linear Kneedle" of "kneedle_linear"; a name that is unknown comes back as it is.
std::string kneeMethodTitle(std::string_view method);
// The same of an answer, with what it was judged by: "+20% P99 (too few samples)".
std::string kneeAnswerTitle(const KneeAnswer &answer);

// One sentence: "All methods that answer name 32." or "The methods name loads from 8 to 44: 8 by
// +20% P99, 16 by max power, 32 by Kneedle and crossing, 44 by USL peak." The budget is a limit
// and no method. Empty where no method answers.
std::string kneeDisagreement(const KneeReport &report);

} // namespace inferlab
