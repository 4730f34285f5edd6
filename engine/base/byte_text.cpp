#include "byte_text.h"

#include <array>
#include <cstdio>

namespace inferlab {

std::string byteText(uint64_t bytes)
{
    constexpr std::array<const char *, 5> kUnits {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = static_cast<double>(bytes);
    size_t unit = 0;
    while (amount >= 1024.0 && unit + 1 < kUnits.size()) {
        amount /= 1024.0;
        ++unit;
    }
    std::array<char, 32> text {};
    // Two or three digits tell what a person wants to know.
    std::snprintf(text.data(), text.size(), unit == 0 || amount >= 100.0 ? "%.0f %s" : "%.1f %s",
                  amount, kUnits[unit]);
    return text.data();
}

} // namespace inferlab
