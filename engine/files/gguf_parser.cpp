#include "gguf_parser.h"

#include "engine/base/error.h"
#include "engine/files/file_format.h"

#include <bit>

namespace inferlab {

namespace {

// More than any model has, and small enough that a hostile count costs no memory worth naming.
constexpr uint64_t kMaxKeys = 65536;
constexpr uint64_t kMaxTensors = 1u << 20;
// Tensor data must be aligned for the types it holds (8 bytes, as the format says); the upper limit
// only keeps sums far from overflow.
constexpr uint64_t kMinAlignment = 8;
constexpr uint64_t kMaxAlignment = 1u << 20;

// The smallest entries: a key of one byte with a one-byte value; a tensor of one-byte name and no
// dims.
constexpr uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;
constexpr uint64_t kMinTensorBytes = 8 + 1 + 4 + 4 + 8;

uint32_t byteSwapped(uint32_t value)
{
    return value << 24 | (value & 0xff00u) << 8 | (value >> 8 & 0xff00u) | value >> 24;
}

} // namespace

GgufParser::GgufParser(GgufFile &file)
    : m_file(file)
    , m_reader(file.m_mapping.bytes(), file.m_mapping.path().string())
{ }

void GgufParser::parse()
{
    readMagicAndVersion();
    const uint64_t tensors = m_reader.u64("the number of tensors");
    const uint64_t keys = m_reader.u64("the number of keys");
    if (keys > kMaxKeys)
        m_reader.fail("the number of keys", "at most " + std::to_string(kMaxKeys),
                      std::to_string(keys));
    m_reader.expectRoom(keys, kMinKeyBytes, "the number of keys");
    if (tensors > kMaxTensors)
        m_reader.fail("the number of tensors", "at most " + std::to_string(kMaxTensors),
                      std::to_string(tensors));
    m_reader.expectRoom(tensors, kMinTensorBytes, "the number of tensors");
    readMetadata(keys);
    readAlignment();
    readTensors(tensors);
    placeTensors();
}

void GgufParser::readMagicAndVersion()
{
    const std::string &source = m_reader.source();
    const FileFormat format = detectFormat(m_file.m_mapping.bytes());
    if (format != FileFormat::Gguf)
        throw InputError(source, "byte 0", "a GGUF model (magic \"GGUF\")", describeFormat(format));
    m_reader.skip(4, "the magic");
    const uint32_t version = m_reader.u32("the version");
    if (version == 2 || version == 3) {
        m_file.m_version = version;
        return;
    }
    const uint32_t swapped = byteSwapped(version);
    std::string found = "version " + std::to_string(version);
    if (swapped >= 1 && swapped <= 3)
        found =
            "version " + std::to_string(swapped) + " in big-endian byte order (convert the file)";
    else if (version == 1)
        found += " (an early layout; convert the model again)";
    else if (version > 3 && version < 100)
        found += " (newer than this program)";
    throw InputError(source, "byte 4", "GGUF version 2 or 3, little-endian", found);
}

void GgufParser::readAlignment()
{
    const std::string key = "general.alignment";
    const MetadataValue *value = m_file.findMetadata(key);
    if (value == nullptr)
        return;
    const auto *alignment = std::get_if<uint64_t>(value);
    if (alignment == nullptr || !std::has_single_bit(*alignment) || *alignment < kMinAlignment
        || *alignment > kMaxAlignment)
        throw InputError(m_reader.source(), "key \"" + key + "\"",
                         "an unsigned power of 2 from 8 to " + std::to_string(kMaxAlignment),
                         alignment != nullptr ? std::to_string(*alignment)
                                              : "a value of another type");
    m_file.m_alignment = *alignment;
}

std::string_view GgufParser::readName(uint64_t maximumBytes, const std::string &what)
{
    const uint64_t length = m_reader.u64("the length of " + what);
    if (length == 0 || length > maximumBytes)
        m_reader.fail("the name of " + what, "1 to " + std::to_string(maximumBytes) + " bytes",
                      std::to_string(length));
    const std::string_view name = m_reader.text(length, "the name of " + what);
    for (const char c : name) {
        if (c < 0x20 || c > 0x7e)
            m_reader.fail("the name of " + what, "printable ASCII",
                          "byte " + std::to_string(static_cast<unsigned char>(c)));
    }
    return name;
}

} // namespace inferlab
