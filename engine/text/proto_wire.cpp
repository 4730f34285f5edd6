// Varints, fixed numbers and length-delimited fields.
#include "proto_wire.h"

#include "engine/base/error.h"

#include <bit>

namespace inferlab {

namespace {

enum WireType : uint32_t { Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5 };

void putVarint(std::string &message, uint64_t value)
{
    while (value >= 0x80) {
        message += static_cast<char>((value & 0x7fU) | 0x80U);
        value >>= 7U;
    }
    message += static_cast<char>(value);
}

void putTag(std::string &message, uint32_t number, WireType type)
{
    putVarint(message, (uint64_t {number} << 3U) | type);
}

} // namespace

void ProtoReader::fail(std::string expected, std::string found) const
{
    throw InputError(m_source, m_place + ", byte " + std::to_string(m_position),
                     std::move(expected), std::move(found));
}

uint64_t ProtoReader::readVarint()
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (m_position >= m_bytes.size())
            fail("a number", "the end");
        const auto byte = static_cast<uint8_t>(m_bytes[m_position++]);
        value |= uint64_t {byte & 0x7fU} << shift;
        if (byte < 0x80)
            return value;
    }
    fail("a number of at most 64 bits", "a longer one");
}

uint64_t ProtoReader::readFixed(int bytes)
{
    if (m_bytes.size() - m_position < static_cast<size_t>(bytes))
        fail(std::to_string(bytes) + " bytes", std::to_string(m_bytes.size() - m_position));
    uint64_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= uint64_t {static_cast<uint8_t>(m_bytes[m_position++])}
            << (8U * static_cast<unsigned>(i));
    return value;
}

bool ProtoReader::next(ProtoField &field)
{
    if (m_position == m_bytes.size())
        return false;
    const uint64_t tag = readVarint();
    field = {};
    if (tag >> 3U == 0 || tag >> 32U != 0)
        fail("a field's number", std::to_string(tag >> 3U));
    field.number = static_cast<uint32_t>(tag >> 3U);
    switch (tag & 7U) {
    case Varint:
        field.integer = readVarint();
        break;
    case Fixed64:
        field.integer = readFixed(8);
        break;
    case Fixed32:
        field.integer = readFixed(4);
        break;
    case Delimited: {
        const uint64_t length = readVarint();
        if (length > m_bytes.size() - m_position)
            fail(std::to_string(length) + " bytes", std::to_string(m_bytes.size() - m_position));
        field.bytes = m_bytes.substr(m_position, length);
        field.isBytes = true;
        m_position += length;
        break;
    }
    default:
        fail("a wire type of Protocol Buffers", std::to_string(tag & 7U));
    }
    return true;
}

std::string_view ProtoReader::asBytes(const ProtoField &field) const
{
    if (!field.isBytes)
        fail("bytes in field " + std::to_string(field.number), "a number");
    return field.bytes;
}

int64_t ProtoReader::asInteger(const ProtoField &field, int64_t minimum, int64_t maximum) const
{
    const auto value = static_cast<int64_t>(field.integer);
    if (field.isBytes || value < minimum || value > maximum)
        fail("an integer from " + std::to_string(minimum) + " to " + std::to_string(maximum)
                 + " in field " + std::to_string(field.number),
             field.isBytes ? "bytes" : std::to_string(value));
    return value;
}

float ProtoReader::asFloat(const ProtoField &field) const
{
    if (field.isBytes || field.integer > UINT32_MAX)
        fail("a float in field " + std::to_string(field.number), "another type");
    return std::bit_cast<float>(static_cast<uint32_t>(field.integer));
}

void putProtoInteger(std::string &message, uint32_t number, int64_t value)
{
    putTag(message, number, Varint);
    putVarint(message, static_cast<uint64_t>(value));
}

void putProtoFloat(std::string &message, uint32_t number, float value)
{
    putTag(message, number, Fixed32);
    const auto bits = std::bit_cast<uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8)
        message += static_cast<char>((bits >> shift) & 0xffU);
}

void putProtoBytes(std::string &message, uint32_t number, std::string_view value)
{
    putTag(message, number, Delimited);
    putVarint(message, value.size());
    message += value;
}

} // namespace inferlab
