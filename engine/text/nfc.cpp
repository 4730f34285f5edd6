// NFC through utf8proc's tables and composition. The order of marks is sorted here: utf8proc's own
// way of doing it is quadratic in the number of marks on one character, which a prompt chooses.
#include "nfc.h"

#include "utf8_decode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <vector>

namespace inferlab {

namespace {

utf8proc_propval_t combiningClass(utf8proc_int32_t codePoint)
{
    return utf8proc_get_property(codePoint)->combining_class;
}

void appendDecomposed(std::vector<utf8proc_int32_t> &codePoints, char32_t codePoint)
{
    // The longest canonical decomposition has 4 code points.
    std::array<utf8proc_int32_t, 8> parts {};
    const auto count = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(codePoint), parts.data(),
        static_cast<utf8proc_ssize_t>(parts.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), nullptr);
    codePoints.insert(codePoints.end(), parts.begin(), parts.begin() + count);
}

// Canonical ordering: within each run of marks, by combining class, otherwise as they were.
void orderMarks(std::vector<utf8proc_int32_t> &codePoints)
{
    const auto isMark = [](utf8proc_int32_t c) { return combiningClass(c) != 0; };
    for (auto run = codePoints.begin(); run != codePoints.end();) {
        const auto begin = std::find_if(run, codePoints.end(), isMark);
        const auto end = std::find_if_not(begin, codePoints.end(), isMark);
        std::stable_sort(begin, end, [](utf8proc_int32_t a, utf8proc_int32_t b) {
            return combiningClass(a) < combiningClass(b);
        });
        run = end;
    }
}

// Composes what was gathered, appends it to `text` and clears it.
void flush(std::vector<utf8proc_int32_t> &codePoints, std::string &text)
{
    orderMarks(codePoints);
    const auto count = utf8proc_normalize_utf32(
        codePoints.data(), static_cast<utf8proc_ssize_t>(codePoints.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    for (utf8proc_ssize_t i = 0; i < count; ++i)
        appendUtf8(text, static_cast<char32_t>(codePoints[static_cast<size_t>(i)]));
    codePoints.clear();
}

} // namespace

std::string toNfc(std::string_view text)
{
    // All of ASCII is as it should be, also before a mark: only characters beyond it can change.
    if (std::none_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) >= 0x80; }))
        return std::string(text);
    std::string normal;
    normal.reserve(text.size());
    std::vector<utf8proc_int32_t> codePoints;
    for (size_t position = 0; position < text.size();) {
        const Utf8Step step = readUtf8(text, position);
        if (step.state == Utf8State::Complete) {
            appendDecomposed(codePoints, step.codePoint);
        } else {
            flush(codePoints, normal);
            normal += text.substr(position, step.length);
        }
        position += step.length;
    }
    flush(codePoints, normal);
    return normal;
}

} // namespace inferlab
