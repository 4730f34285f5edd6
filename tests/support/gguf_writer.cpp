#include "gguf_writer.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>

namespace inferlab::test {

namespace {

GgufValue integer(uint32_t type, uint64_t value, size_t bytes)
{
    return {type, littleEndian(value, bytes)};
}

std::string ggufString(const std::string &text)
{
    return littleEndian(text.size(), 8) + text;
}

uint64_t padded(uint64_t offset, uint64_t alignment)
{
    return alignment == 0 ? offset : (offset + alignment - 1) / alignment * alignment;
}

// Counts what it writes and remembers where pieces begin.
class Sink
{
public:
    Sink(std::ostream &out, std::vector<uint64_t> *boundaries)
        : m_out(out)
        , m_boundaries(boundaries)
    { }

    void piece(const std::string &bytes)
    {
        if (m_boundaries != nullptr)
            m_boundaries->push_back(m_offset);
        m_out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        m_offset += bytes.size();
    }

    void padTo(uint64_t alignment)
    {
        piece(std::string(padded(m_offset, alignment) - m_offset, '\0'));
    }

private:
    std::ostream &m_out;
    std::vector<uint64_t> *m_boundaries;
    uint64_t m_offset = 0;
};

} // namespace

std::string littleEndian(uint64_t value, size_t bytes)
{
    std::string text;
    for (size_t i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i) & 0xff);
    return text;
}

GgufValue ggufU8(uint8_t value)
{
    return integer(0, value, 1);
}
GgufValue ggufI8(int8_t value)
{
    return integer(1, static_cast<uint8_t>(value), 1);
}
GgufValue ggufU16(uint16_t value)
{
    return integer(2, value, 2);
}
GgufValue ggufI16(int16_t value)
{
    return integer(3, static_cast<uint16_t>(value), 2);
}
GgufValue ggufU32(uint32_t value)
{
    return integer(4, value, 4);
}
GgufValue ggufI32(int32_t value)
{
    return integer(5, static_cast<uint32_t>(value), 4);
}
GgufValue ggufF32(float value)
{
    return integer(6, std::bit_cast<uint32_t>(value), 4);
}
GgufValue ggufBool(bool value)
{
    return integer(7, value ? 1 : 0, 1);
}
GgufValue ggufText(const std::string &value)
{
    return {8, ggufString(value)};
}
GgufValue ggufU64(uint64_t value)
{
    return integer(10, value, 8);
}
GgufValue ggufI64(int64_t value)
{
    return integer(11, static_cast<uint64_t>(value), 8);
}
GgufValue ggufF64(double value)
{
    return integer(12, std::bit_cast<uint64_t>(value), 8);
}

GgufValue ggufArray(const std::vector<GgufValue> &elements, uint32_t emptyType)
{
    const uint32_t type = elements.empty() ? emptyType : elements.front().type;
    std::string bytes = littleEndian(type, 4) + littleEndian(elements.size(), 8);
    for (const GgufValue &element : elements)
        bytes += element.bytes;
    return {9, bytes};
}

GgufValue ggufTexts(const std::vector<std::string> &values)
{
    std::vector<GgufValue> elements;
    std::transform(values.begin(), values.end(), std::back_inserter(elements), ggufText);
    return ggufArray(elements, 8);
}

GgufValue ggufF32s(const std::vector<float> &values)
{
    std::vector<GgufValue> elements;
    std::transform(values.begin(), values.end(), std::back_inserter(elements), ggufF32);
    return ggufArray(elements, 6);
}

GgufValue ggufI32s(const std::vector<int32_t> &values)
{
    std::vector<GgufValue> elements;
    std::transform(values.begin(), values.end(), std::back_inserter(elements), ggufI32);
    return ggufArray(elements, 5);
}

void GgufWriter::addKey(const std::string &name, GgufValue value)
{
    keys.emplace_back(name, std::move(value));
}

void GgufWriter::setKey(const std::string &name, GgufValue value)
{
    for (auto &[key, old] : keys) {
        if (key == name) {
            old = std::move(value);
            return;
        }
    }
    addKey(name, std::move(value));
}

void GgufWriter::removeKey(const std::string &name)
{
    if (std::erase_if(keys, [&](const auto &key) { return key.first == name; }) == 0)
        throw std::logic_error("no key " + name);
}

void GgufWriter::addTensor(const std::string &name, const std::vector<int64_t> &shape, DType type,
                           std::string data)
{
    const uint64_t bytes = data.size();
    tensors.push_back({name,
                       {shape.rbegin(), shape.rend()},
                       static_cast<uint32_t>(type),
                       bytes,
                       [data = std::move(data)] { return data; },
                       {}});
}

GgufWriter::Tensor &GgufWriter::tensor(const std::string &name)
{
    for (Tensor &tensor : tensors) {
        if (tensor.name == name)
            return tensor;
    }
    throw std::logic_error("no tensor " + name);
}

void GgufWriter::removeTensor(const std::string &name)
{
    if (std::erase_if(tensors, [&](const Tensor &tensor) { return tensor.name == name; }) == 0)
        throw std::logic_error("no tensor " + name);
}

void GgufWriter::write(std::ostream &out, std::vector<uint64_t> *boundaries) const
{
    Sink sink(out, boundaries);
    sink.piece(magic);
    sink.piece(littleEndian(version, 4));
    sink.piece(littleEndian(tensorCount.value_or(tensors.size()), 8));
    sink.piece(littleEndian(keyCount.value_or(keys.size()), 8));
    for (const auto &[name, value] : keys) {
        sink.piece(littleEndian(name.size(), 8));
        sink.piece(name);
        sink.piece(littleEndian(value.type, 4));
        sink.piece(value.bytes);
    }
    uint64_t offset = 0;
    for (const Tensor &tensor : tensors) {
        sink.piece(littleEndian(tensor.name.size(), 8));
        sink.piece(tensor.name);
        sink.piece(littleEndian(tensor.ne.size(), 4));
        for (const uint64_t extent : tensor.ne)
            sink.piece(littleEndian(extent, 8));
        sink.piece(littleEndian(tensor.type, 4));
        sink.piece(littleEndian(tensor.offset.value_or(offset), 8));
        offset = padded(offset + tensor.bytes, alignment);
    }
    if (makers <= 1) {
        for (const Tensor &tensor : tensors) {
            sink.padTo(alignment);
            sink.piece(tensor.data());
        }
        return;
    }
    std::deque<std::future<std::string>> made;
    auto next = tensors.begin();
    while (next != tensors.end() || !made.empty()) {
        while (next != tensors.end() && made.size() < static_cast<size_t>(makers))
            made.push_back(std::async(std::launch::async, (next++)->data));
        sink.padTo(alignment);
        sink.piece(made.front().get());
        made.pop_front();
    }
}

std::string GgufWriter::bytes(std::vector<uint64_t> *boundaries) const
{
    std::ostringstream out;
    write(out, boundaries);
    return std::move(out).str();
}

void GgufWriter::write(const std::filesystem::path &path) const
{
    std::ofstream out(path, std::ios::binary);
    write(out);
    out.close();
    if (!out)
        throw std::runtime_error("cannot write " + path.string());
}

void writeBytes(const std::filesystem::path &path, const std::string &bytes)
{
    std::ofstream out(path, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        throw std::runtime_error("cannot write " + path.string());
}

} // namespace inferlab::test
