// Reads little-endian values from bytes that nobody vouches for: every read is checked against what
// remains, and the error says which file, where, what was wanted and how much was there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace inferlab {

class ByteReader
{
public:
    // `source` names the file in messages; `bytes` must outlive the reader.
    ByteReader(std::span<const std::byte> bytes, std::string source)
        : m_bytes(bytes)
        , m_source(std::move(source))
    { }

    uint64_t offset() const noexcept { return m_offset; }
    uint64_t remaining() const noexcept { return m_bytes.size() - m_offset; }
    const std::string &source() const noexcept { return m_source; }

    // All of these throw InputError at the end of the bytes. `what` says what is being read, for
    // the message: "the version", "key 12".
    uint8_t u8(std::string_view what) { return static_cast<uint8_t>(unsignedOf(1, what)); }
    uint16_t u16(std::string_view what) { return static_cast<uint16_t>(unsignedOf(2, what)); }
    uint32_t u32(std::string_view what) { return static_cast<uint32_t>(unsignedOf(4, what)); }
    uint64_t u64(std::string_view what) { return unsignedOf(8, what); }
    float f32(std::string_view what);
    double f64(std::string_view what);
    // The next `length` bytes; the view lives as long as the bytes.
    std::string_view text(uint64_t length, std::string_view what);
    void skip(uint64_t length, std::string_view what);

    // Checks that `count` pieces of at least `bytesEach` can still follow: before memory is taken.
    void expectRoom(uint64_t count, uint64_t bytesEach, std::string_view what) const;

    [[noreturn]] void fail(std::string_view where, std::string expected, std::string found) const;

private:
    uint64_t unsignedOf(size_t width, std::string_view what);
    void need(uint64_t length, std::string_view what) const;

    std::span<const std::byte> m_bytes;
    std::string m_source;
    uint64_t m_offset = 0;
};

} // namespace inferlab
