// std::to_chars knows no locale; printf writes a comma where the system's language does.
#include "engine/measure/number_text.h"

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

} // namespace inferlab
