// The keys and values of a GGUF file.
#include "gguf_parser.h"

namespace inferlab {

namespace {

// The format allows keys of 65,535 bytes.
constexpr uint64_t kMaxKeyNameBytes = 65535;
// Largest string: chat templates reach tens of kB, licences some more.
constexpr uint64_t kMaxStringBytes = uint64_t {64} << 20;
// Largest array: vocabularies and their merges stay below a million; each element takes up to 32
// bytes of memory, however few it takes in the file.
constexpr uint64_t kMaxArrayElements = uint64_t {1} << 24;

enum ValueType : uint32_t {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12,
};

// Bytes that a value of this type takes at least; 0 for an unknown type.
uint64_t smallestBytes(uint32_t type)
{
    switch (type) {
    case U8:
    case I8:
    case Bool:
        return 1;
    case U16:
    case I16:
        return 2;
    case U32:
    case I32:
    case F32:
        return 4;
    case U64:
    case I64:
    case F64:
    case String:
        return 8;
    case Array:
        return 12;
    default:
        return 0;
    }
}

uint64_t readUnsigned(ByteReader &reader, uint32_t type, const std::string &what)
{
    switch (type) {
    case U8:
        return reader.u8(what);
    case U16:
        return reader.u16(what);
    case U32:
        return reader.u32(what);
    default:
        return reader.u64(what);
    }
}

int64_t readSigned(ByteReader &reader, uint32_t type, const std::string &what)
{
    switch (type) {
    case I8:
        return static_cast<int8_t>(reader.u8(what));
    case I16:
        return static_cast<int16_t>(reader.u16(what));
    case I32:
        return static_cast<int32_t>(reader.u32(what));
    default:
        return static_cast<int64_t>(reader.u64(what));
    }
}

double readFloat(ByteReader &reader, uint32_t type, const std::string &what)
{
    return type == F32 ? static_cast<double>(reader.f32(what)) : reader.f64(what);
}

std::string readString(ByteReader &reader, const std::string &what)
{
    const uint64_t length = reader.u64(what);
    if (length > kMaxStringBytes)
        reader.fail(what, "a string of at most " + std::to_string(kMaxStringBytes) + " bytes",
                    std::to_string(length));
    return std::string(reader.text(length, what));
}

template <typename Element, typename Read>
MetadataArray readElements(uint64_t count, Read &&read)
{
    std::vector<Element> elements;
    elements.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i)
        elements.push_back(read());
    return elements;
}

} // namespace

void GgufParser::readMetadata(uint64_t count)
{
    // Reserved whole, because the index views the names inside.
    m_file.m_metadata.reserve(static_cast<size_t>(count));
    m_file.m_metadataIndex.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i) {
        const std::string_view name = readName(kMaxKeyNameBytes, "key " + std::to_string(i));
        const std::string what = "key \"" + std::string(name) + "\"";
        if (m_file.m_metadataIndex.contains(name))
            m_reader.fail(what, "each key once", "it a second time");
        const uint32_t type = m_reader.u32(what);
        MetadataValue value = readValue(type, what);
        m_file.m_metadata.emplace_back(std::string(name), std::move(value));
        m_file.m_metadataIndex.emplace(m_file.m_metadata.back().first,
                                       m_file.m_metadata.size() - 1);
    }
}

MetadataValue GgufParser::readValue(uint32_t type, const std::string &what)
{
    switch (type) {
    case U8:
    case U16:
    case U32:
    case U64:
        return readUnsigned(m_reader, type, what);
    case I8:
    case I16:
    case I32:
    case I64:
        return readSigned(m_reader, type, what);
    case F32:
    case F64:
        return readFloat(m_reader, type, what);
    case Bool:
        return readBool(what);
    case String:
        return readString(m_reader, what);
    case Array:
        return readArray(what);
    default:
        m_reader.fail(what, "a value type from 0 to 12", "type " + std::to_string(type));
    }
}

MetadataArray GgufParser::readArray(const std::string &what)
{
    const uint32_t type = m_reader.u32(what);
    const uint64_t bytesEach = smallestBytes(type);
    if (bytesEach == 0)
        m_reader.fail(what, "an element type from 0 to 12", "type " + std::to_string(type));
    if (type == Array)
        m_reader.fail(what, "an array of plain values", "an array of arrays");
    const uint64_t count = m_reader.u64(what);
    m_reader.expectRoom(count, bytesEach, what + ", array length");
    if (count > kMaxArrayElements)
        m_reader.fail(what,
                      "an array of at most " + std::to_string(kMaxArrayElements) + " elements",
                      std::to_string(count));
    switch (type) {
    case U8:
    case U16:
    case U32:
    case U64:
        return readElements<uint64_t>(count, [&] { return readUnsigned(m_reader, type, what); });
    case I8:
    case I16:
    case I32:
    case I64:
        return readElements<int64_t>(count, [&] { return readSigned(m_reader, type, what); });
    case F32:
    case F64:
        return readElements<double>(count, [&] { return readFloat(m_reader, type, what); });
    case Bool:
        return readElements<bool>(count, [&] { return readBool(what); });
    default:
        return readElements<std::string>(count, [&] { return readString(m_reader, what); });
    }
}

bool GgufParser::readBool(const std::string &what)
{
    const uint8_t value = m_reader.u8(what);
    if (value > 1)
        m_reader.fail(what, "a bool of 0 or 1", std::to_string(value));
    return value == 1;
}

} // namespace inferlab
