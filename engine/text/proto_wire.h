// Protocol Buffers' wire format, as much as a SentencePiece model needs: read with every length
// checked, and written. Source: protobuf.dev, "Encoding". (The library's own parser is not shown
// untrusted bytes.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inferlab {

// One field of a message.
struct ProtoField
{
    uint32_t number = 0;
    uint64_t integer = 0;   // of a varint, or the bits of a fixed32 or fixed64
    std::string_view bytes; // of a length-delimited field
    bool isBytes = false;
};

class ProtoReader
{
public:
    // `source` and `place` name the message in errors; `bytes` must outlive the reader.
    ProtoReader(std::string_view bytes, const std::string &source, std::string place)
        : m_bytes(bytes)
        , m_source(source)
        , m_place(std::move(place))
    { }

    // False at the end. Throws InputError for what is not the wire format.
    bool next(ProtoField &field);

    // The field's value as a type; InputError when it has another.
    std::string_view asBytes(const ProtoField &field) const;
    // A varint (or fixed one) within [minimum, maximum]; int32 is written as 64 bits with its sign.
    int64_t asInteger(const ProtoField &field, int64_t minimum, int64_t maximum) const;
    bool asBool(const ProtoField &field) const { return asInteger(field, 0, 1) != 0; }
    float asFloat(const ProtoField &field) const;

private:
    uint64_t readVarint();
    uint64_t readFixed(int bytes);
    [[noreturn]] void fail(std::string expected, std::string found) const;

    std::string_view m_bytes;
    const std::string &m_source;
    std::string m_place;
    size_t m_position = 0;
};

// Append one field to a message.
void putProtoInteger(std::string &message, uint32_t number, int64_t value);
void putProtoFloat(std::string &message, uint32_t number, float value);
void putProtoBytes(std::string &message, uint32_t number, std::string_view value);

} // namespace inferlab
