// Writes GGUF files for tests and benchmarks: right ones, and on purpose wrong ones.
// Everything that the format derives (counts, offsets, padding) may be overridden.
#pragma once

#include "kernels/api/dtype.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace inferlab::test {

// A metadata value as it lies in a file: the type's number and the bytes after it.
struct GgufValue
{
    uint32_t type = 0;
    std::string bytes;
};

GgufValue ggufU8(uint8_t value);
GgufValue ggufI8(int8_t value);
GgufValue ggufU16(uint16_t value);
GgufValue ggufI16(int16_t value);
GgufValue ggufU32(uint32_t value);
GgufValue ggufI32(int32_t value);
GgufValue ggufU64(uint64_t value);
GgufValue ggufI64(int64_t value);
GgufValue ggufF32(float value);
GgufValue ggufF64(double value);
GgufValue ggufBool(bool value);
GgufValue ggufText(const std::string &value);
// An array of one of the above; an empty list needs the type's number.
GgufValue ggufArray(const std::vector<GgufValue> &elements, uint32_t emptyType = 4);
GgufValue ggufTexts(const std::vector<std::string> &values);
GgufValue ggufF32s(const std::vector<float> &values);
GgufValue ggufI32s(const std::vector<int32_t> &values);

std::string littleEndian(uint64_t value, size_t bytes);

class GgufWriter
{
public:
    struct Tensor
    {
        std::string name;
        std::vector<uint64_t> ne; // GGUF's order: innermost first
        uint32_t type = 0;
        uint64_t bytes = 0;                // of the data
        std::function<std::string()> data; // called while writing, so that few tensors are held
        std::optional<uint64_t> offset;    // instead of the right one
    };

    std::string magic = "GGUF";
    uint32_t version = 3;
    uint64_t alignment = 32;             // of the data; says so in no key
    std::optional<uint64_t> tensorCount; // instead of the right ones
    std::optional<uint64_t> keyCount;
    std::vector<std::pair<std::string, GgufValue>> keys;
    std::vector<Tensor> tensors;
    int makers = 1; // tensors whose data is made at the same time, each on a thread

    void addKey(const std::string &name, GgufValue value);
    // Replaces a key that is there, or adds it.
    void setKey(const std::string &name, GgufValue value);
    void removeKey(const std::string &name);
    // shape outermost first; `data` has the right size for it, or not.
    void addTensor(const std::string &name, const std::vector<int64_t> &shape, DType type,
                   std::string data);
    Tensor &tensor(const std::string &name);
    void removeTensor(const std::string &name);

    // Also collects where each structural piece begins (for cutting there), if asked.
    void write(std::ostream &out, std::vector<uint64_t> *boundaries = nullptr) const;
    std::string bytes(std::vector<uint64_t> *boundaries = nullptr) const;
    void write(const std::filesystem::path &path) const;
};

void writeBytes(const std::filesystem::path &path, const std::string &bytes);

} // namespace inferlab::test
