// Numbers as text for CSV and for sentences: the same in every locale.
#pragma once

#include <cstdint>
#include <string>

namespace inferlab {

// The shortest text that reads back as the same number; empty for one that is not finite (an empty
// CSV cell).
std::string exactText(double value);
std::string exactText(float value);
// For people: at most `digits` significant digits, no exponent below a million million, no trailing
// zeros.
std::string shortText(double value, int digits = 6);

} // namespace inferlab
