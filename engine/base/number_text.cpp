// std::to_chars knows no locale; printf writes a comma where the system's language does.
#include "number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace inferlab {

namespace {

// The longest text of a double in fixed form has 309 digits before the point; general form is far
// shorter.
using Buffer = std::array<char, 400>;

template <typename Float>
std::string shortest(Float value)
{
    if (!std::isfinite(value))
        return {};
    Buffer buffer;
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

// Before every three digits of the whole part, which ends at `end`.
void insertCommas(std::string &text, size_t end)
{
    const size_t begin = text.starts_with('-') ? 1 : 0;
    for (size_t place = end; place > begin + 3;) {
        place -= 3;
        text.insert(place, ",");
    }
}

} // namespace

std::string exactText(double value)
{
    return shortest(value);
}

std::string exactText(float value)
{
    return shortest(value);
}

std::string shortText(double value, int digits)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    const double size = std::abs(value);
    Buffer buffer;
    char *const end = buffer.data() + buffer.size();
    if (size != 0.0 && (size >= 1e12 || size < 1e-6)) {
        const auto result =
            std::to_chars(buffer.data(), end, value, std::chars_format::general, digits);
        return {buffer.data(), result.ptr};
    }
    const int whole = size < 1.0 ? 0 : static_cast<int>(std::log10(size)) + 1;
    const int leading = size > 0.0 && size < 1.0 ? static_cast<int>(-std::log10(size)) : 0;
    const int decimals = whole >= digits ? 0 : digits - whole + leading;
    const auto result =
        std::to_chars(buffer.data(), end, value, std::chars_format::fixed, decimals);
    std::string text(buffer.data(), result.ptr);
    if (decimals > 0) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.')
            text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

std::string groupedText(uint64_t number)
{
    std::string digits = std::to_string(number);
    insertCommas(digits, digits.size());
    return digits;
}

std::string fixedText(double value, int decimals)
{
    if (!std::isfinite(value))
        return shortText(value);
    Buffer buffer;
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                      std::chars_format::fixed, decimals);
    std::string text(buffer.data(), result.ptr);
    if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-')
        text.erase(0, 1); // no negative zero
    insertCommas(text, std::min(text.find('.'), text.size()));
    return text;
}

int decimalsFor(double value, int digits)
{
    constexpr int kMost = 4; // of a millisecond: finer than clocks and schedulers are
    if (!std::isfinite(value) || value == 0.0)
        return 0;
    const int whole = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    return std::clamp(digits - whole, 0, kMost);
}

std::string rateText(double perSecond)
{
    if (perSecond < 1)
        return fixedText(perSecond, 2);
    return fixedText(perSecond, perSecond < 99.95 ? 1 : 0);
}

std::string durationText(double seconds)
{
    if (seconds < 0.0995) // two decimals would say little
        return fixedText(seconds * 1e3, 0) + " ms";
    if (seconds < 9.995)
        return fixedText(seconds, 2) + " s";
    if (seconds < 59.95)
        return fixedText(seconds, 1) + " s";
    const auto whole = static_cast<uint64_t>(std::llround(seconds));
    return groupedText(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

} // namespace inferlab
