// Reads a GGUF file's header into a GgufFile, checking every rule of the format on the way.
// Internal to engine/files. The metadata and the tensor directory have a source file each.
#pragma once

#include "engine/base/byte_reader.h"
#include "engine/files/gguf.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace inferlab {

class GgufParser
{
public:
    // Fills `file`, whose mapping is open.
    explicit GgufParser(GgufFile &file);
    void parse();

private:
    // gguf_parser.cpp
    void readMagicAndVersion();
    void readAlignment();
    std::string_view readName(uint64_t maximumBytes, const std::string &what);

    // gguf_metadata.cpp
    void readMetadata(uint64_t count);
    MetadataValue readValue(uint32_t type, const std::string &what);
    MetadataArray readArray(const std::string &what);
    bool readBool(const std::string &what);

    // gguf_tensors.cpp
    void readTensors(uint64_t count);
    TensorEntry readTensorInfo(uint64_t index);
    void readShape(TensorEntry &tensor, const std::string &what);
    void readType(TensorEntry &tensor, const std::string &what);
    void computeBytes(TensorEntry &tensor, const std::string &what) const;
    void placeTensors();

    GgufFile &m_file;
    ByteReader m_reader;
};

} // namespace inferlab
