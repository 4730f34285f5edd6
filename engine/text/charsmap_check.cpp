// Walks every path of the double array that some text could take.
#include "charsmap_check.h"

#include "engine/base/error.h"
#include "utf8_stream.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace inferlab {

namespace {

// nmt_nfkc_cf, the largest of SentencePiece's own tables, has 243 KB.
constexpr size_t kMaxBytes = size_t {2} << 20U;
// libsentencepiece's Normalizer::NormalizePrefix has an array of 32 matches and reads as many as
// were found.
constexpr int kMaxMatches = 32;
// The longest replacement of NFKC has 33 bytes (U+FDFA). A prompt of megabytes must not grow a
// thousandfold.
constexpr size_t kMaxReplacementBytes = 64;
// The longest key of nmt_nfkc has 12 bytes. Walking recurses that deep.
constexpr int kMaxKeyBytes = 128;
constexpr size_t kBlockUnits = 256; // the array is built in blocks of one unit for each byte

class CharsmapWalk
{
public:
    CharsmapWalk(std::vector<uint32_t> units, std::string_view replacements,
                 const std::string &source)
        : m_units(std::move(units))
        , m_replacements(replacements)
        , m_source(source)
        , m_matchesBelow(m_units.size(), kNotSeen)
    { }

    void run()
    {
        const size_t base = offsetFrom(0, m_units[0]);
        if (visit(base, 0) > kMaxMatches)
            fail("at most 32 keys that begin one another", "more");
    }

private:
    static constexpr int16_t kNotSeen = -1;
    static constexpr int16_t kOnPath = -2;

    [[noreturn]] void fail(const std::string &expected, const std::string &found) const
    {
        throw InputError(m_source, "precompiled_charsmap", expected, found);
    }

    size_t offsetFrom(size_t position, uint32_t unit) const
    {
        const uint32_t offset = (unit >> 10U) << ((unit & 0x200U) >> 6U);
        const size_t target = position ^ offset;
        if (target >= m_units.size())
            fail("indices within " + std::to_string(m_units.size()) + " units",
                 std::to_string(target));
        return target;
    }

    // Most keys that end on a path from `base` on. The array has whole blocks, so base ^ byte is
    // within it.
    int16_t visit(size_t base, int depth)
    {
        if (m_matchesBelow[base] == kOnPath || depth > kMaxKeyBytes)
            fail("keys of at most " + std::to_string(kMaxKeyBytes) + " bytes", "longer ones");
        if (m_matchesBelow[base] != kNotSeen)
            return m_matchesBelow[base];
        m_matchesBelow[base] = kOnPath;
        int16_t most = 0;
        for (uint32_t byte = 0; byte < kBlockUnits; ++byte) {
            const size_t child = base ^ byte;
            const uint32_t unit = m_units[child];
            if ((unit & 0x800000ffU) != byte)
                continue;
            const size_t next = offsetFrom(child, unit);
            const bool endsKey = (unit & 0x100U) != 0;
            if (endsKey)
                checkReplacement(m_units[next] & 0x7fffffffU);
            const auto matches = static_cast<int16_t>(visit(next, depth + 1) + (endsKey ? 1 : 0));
            most = std::max(most, matches);
        }
        m_matchesBelow[base] = most;
        return most;
    }

    void checkReplacement(size_t begin) const
    {
        const size_t end = m_replacements.find('\0', begin);
        if (end == std::string_view::npos)
            fail("replacements that end with NUL",
                 "an index of " + std::to_string(begin) + " in "
                     + std::to_string(m_replacements.size()) + " bytes");
        if (end - begin > kMaxReplacementBytes)
            fail("replacements of at most " + std::to_string(kMaxReplacementBytes) + " bytes",
                 std::to_string(end - begin));
        if (!isValidUtf8(m_replacements.substr(begin, end - begin)))
            fail("replacements in UTF-8", "other bytes");
    }

    std::vector<uint32_t> m_units;
    std::string_view m_replacements;
    const std::string &m_source;
    std::vector<int16_t> m_matchesBelow; // per base
};

uint32_t readU32(std::string_view bytes, size_t position)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i)
        value |= uint32_t {static_cast<uint8_t>(bytes[position + i])} << (8 * i);
    return value;
}

} // namespace

void checkCharsmap(std::string_view charsmap, const std::string &source)
{
    if (charsmap.empty())
        return;
    const auto fail = [&source](const std::string &expected, size_t found) {
        throw InputError(source, "precompiled_charsmap", expected, std::to_string(found));
    };
    if (charsmap.size() <= sizeof(uint32_t) || charsmap.size() > kMaxBytes)
        fail("5 to " + std::to_string(kMaxBytes) + " bytes", charsmap.size());
    const size_t arrayBytes = readU32(charsmap, 0);
    const size_t rest = charsmap.size() - sizeof(uint32_t);
    if (arrayBytes == 0 || arrayBytes >= rest || arrayBytes % (kBlockUnits * sizeof(uint32_t)) != 0)
        fail("whole blocks of 1024 bytes and replacements in " + std::to_string(rest) + " bytes",
             arrayBytes);
    std::vector<uint32_t> units(arrayBytes / sizeof(uint32_t));
    for (size_t i = 0; i < units.size(); ++i)
        units[i] = readU32(charsmap, (i + 1) * sizeof(uint32_t));
    CharsmapWalk(std::move(units), charsmap.substr(sizeof(uint32_t) + arrayBytes), source).run();
}

} // namespace inferlab
