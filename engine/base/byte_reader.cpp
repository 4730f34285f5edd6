#include "byte_reader.h"

#include "engine/base/error.h"

#include <bit>

namespace inferlab {

void ByteReader::fail(std::string_view where, std::string expected, std::string found) const
{
    throw InputError(m_source, std::string(where) + " at byte " + std::to_string(m_offset),
                     std::move(expected), std::move(found));
}

void ByteReader::need(uint64_t length, std::string_view what) const
{
    if (length > remaining())
        fail(what, std::to_string(length) + (length == 1 ? " byte" : " bytes"),
             std::to_string(remaining()) + " before the end of the file");
}

void ByteReader::expectRoom(uint64_t count, uint64_t bytesEach, std::string_view what) const
{
    if (bytesEach != 0 && count > remaining() / bytesEach)
        fail(what,
             "at most " + std::to_string(remaining() / bytesEach) + " (what the file has room for)",
             std::to_string(count));
}

uint64_t ByteReader::unsignedOf(size_t width, std::string_view what)
{
    need(width, what);
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i)
        value |= std::to_integer<uint64_t>(m_bytes[m_offset + i]) << (8 * i);
    m_offset += width;
    return value;
}

float ByteReader::f32(std::string_view what)
{
    return std::bit_cast<float>(u32(what));
}

double ByteReader::f64(std::string_view what)
{
    return std::bit_cast<double>(u64(what));
}

std::string_view ByteReader::text(uint64_t length, std::string_view what)
{
    need(length, what);
    const auto *begin = reinterpret_cast<const char *>(m_bytes.data() + m_offset);
    m_offset += length;
    return {begin, static_cast<size_t>(length)};
}

void ByteReader::skip(uint64_t length, std::string_view what)
{
    need(length, what);
    m_offset += length;
}

} // namespace inferlab
