// The tensor directory of a GGUF file: names, shapes, types, and where the data lies.
#include "gguf_parser.h"

#include "engine/base/error.h"
#include "engine/files/unread_types.h"

#include <algorithm>
#include <limits>

namespace inferlab {

namespace {

// ggml keeps a name in 64 bytes with its final zero.
constexpr uint64_t kMaxTensorNameBytes = 63;
constexpr uint32_t kMaxDimensions = 4;

bool multiply(uint64_t a, uint64_t b, uint64_t &product)
{
    return !__builtin_mul_overflow(a, b, &product);
}

std::string supportedTypes()
{
    std::string names;
    for (uint32_t id = 0; id <= static_cast<uint32_t>(DType::MXFP4); ++id) {
        if (const DTypeInfo *info = findDTypeInfo(id)) {
            names += names.empty() ? "" : " ";
            names += info->name;
        }
    }
    return names;
}

} // namespace

void GgufParser::readTensors(uint64_t count)
{
    m_file.m_tensors.reserve(static_cast<size_t>(count));
    m_file.m_tensorIndex.reserve(static_cast<size_t>(count));
    for (uint64_t i = 0; i < count; ++i) {
        m_file.m_tensors.push_back(readTensorInfo(i));
        const std::string &name = m_file.m_tensors.back().name;
        if (!m_file.m_tensorIndex.emplace(name, static_cast<size_t>(i)).second)
            m_reader.fail("tensor \"" + name + "\"", "each tensor once", "it a second time");
    }
}

TensorEntry GgufParser::readTensorInfo(uint64_t index)
{
    TensorEntry tensor;
    tensor.name = readName(kMaxTensorNameBytes, "tensor " + std::to_string(index));
    const std::string what = "tensor \"" + tensor.name + "\"";
    readShape(tensor, what);
    readType(tensor, what);
    computeBytes(tensor, what);
    tensor.fileOffset =
        m_reader.u64(what); // from the data section; placeTensors() makes it the file's
    return tensor;
}

void GgufParser::readShape(TensorEntry &tensor, const std::string &what)
{
    const uint32_t dimensions = m_reader.u32(what);
    if (dimensions > kMaxDimensions)
        m_reader.fail(what, "at most " + std::to_string(kMaxDimensions) + " dimensions",
                      std::to_string(dimensions));
    uint64_t elements = 1;
    for (uint32_t d = 0; d < dimensions; ++d) {
        const uint64_t extent = m_reader.u64(what);
        if (extent == 0)
            m_reader.fail(what, "dimensions of at least 1", "0");
        if (!multiply(elements, extent, elements)
            || elements > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
            m_reader.fail(what, "fewer than 2^63 elements",
                          "more, at dimension " + std::to_string(d));
        tensor.shape.push_back(static_cast<int64_t>(extent));
    }
    std::reverse(tensor.shape.begin(), tensor.shape.end());
}

void GgufParser::readType(TensorEntry &tensor, const std::string &what)
{
    const uint32_t id = m_reader.u32(what);
    const DTypeInfo *info = findDTypeInfo(id);
    if (info == nullptr)
        m_reader.fail(what, "a type that this program reads (" + supportedTypes() + ")",
                      describeUnknownType(id));
    tensor.dtype = info->type;
}

void GgufParser::computeBytes(TensorEntry &tensor, const std::string &what) const
{
    const DTypeInfo &info = dtypeInfo(tensor.dtype);
    const int64_t cols = tensor.matrix().cols;
    if (cols % info.blockElements != 0)
        m_reader.fail(what,
                      "rows of a multiple of " + std::to_string(info.blockElements) + " elements ("
                          + std::string(info.name) + ")",
                      std::to_string(cols));
    uint64_t bytes = 0;
    const auto blocks = static_cast<uint64_t>(tensor.elements()) / info.blockElements;
    if (!multiply(blocks, info.blockBytes, bytes) || bytes > m_file.fileBytes())
        m_reader.fail(what,
                      "data of at most the file's " + std::to_string(m_file.fileBytes()) + " bytes",
                      std::to_string(tensor.elements()) + " elements of " + std::string(info.name));
    tensor.bytes = static_cast<size_t>(bytes);
}

// The data section starts at the next multiple of the alignment; tensors follow in the directory's
// order, each padded to the alignment. No sum overflows: each tensor is no larger than the file and
// the sums stop growing at its end.
void GgufParser::placeTensors()
{
    const auto padded = [this](uint64_t offset) {
        return (offset + m_file.m_alignment - 1) / m_file.m_alignment * m_file.m_alignment;
    };
    const uint64_t dataStart = padded(m_reader.offset());
    uint64_t expected = 0;
    for (TensorEntry &tensor : m_file.m_tensors) {
        const std::string where = "tensor \"" + tensor.name + "\"";
        if (tensor.fileOffset != expected)
            throw InputError(m_reader.source(), where,
                             "its data at offset " + std::to_string(expected)
                                 + " (the sum of the tensors before it, each padded to "
                                 + std::to_string(m_file.m_alignment) + ")",
                             std::to_string(tensor.fileOffset));
        const uint64_t begin = dataStart + expected;
        if (begin > m_file.fileBytes() || tensor.bytes > m_file.fileBytes() - begin)
            throw InputError(m_reader.source(), where,
                             "its data, bytes " + std::to_string(begin) + " to "
                                 + std::to_string(begin + tensor.bytes),
                             "a file of " + std::to_string(m_file.fileBytes()) + " bytes");
        tensor.fileOffset = begin;
        tensor.data = m_file.m_mapping.bytes().data() + begin;
        expected = padded(expected + tensor.bytes);
    }
}

} // namespace inferlab
