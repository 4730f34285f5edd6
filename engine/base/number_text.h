// Numbers as text for CSV, tables and sentences: the same in every locale.
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

// For people, with commas between thousands: "49,152"; "1,234.50" with two decimals.
std::string groupedText(uint64_t number);
std::string fixedText(double value, int decimals);
// Decimals with which a value shows about `digits` significant digits; 0 to 4. For a column or a
// row whose numbers stand under each other.
int decimalsFor(double value, int digits);

// A rate in tok/s, without its unit: "0.31", "12.3", "1,234".
std::string rateText(double perSecond);
// "31 ms", "0.31 s", "12.3 s", "1 min 5 s".
std::string durationText(double seconds);

} // namespace inferlab
