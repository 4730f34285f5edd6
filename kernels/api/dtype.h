// Element types of tensors in files and in memory, and how their blocks are laid out.
// Source of ids and layouts: ggml's GGUF specification (docs/gguf.md) and ggml-quants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace inferlab {

// Values are GGUF's ids, so that a file's number needs no table.
enum class DType : uint32_t {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q2_K = 10,
    Q3_K = 11,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    IQ4_NL = 20,
    IQ4_XS = 23,
    BF16 = 30,
    MXFP4 = 39,
};

struct DTypeInfo
{
    DType type;
    std::string_view name;  // "Q4_1"
    uint32_t blockElements; // elements that share one block; 1 for plain types
    uint32_t blockBytes;    // bytes of one block
};

// Null for an id that this program does not know.
const DTypeInfo *findDTypeInfo(uint32_t ggufId) noexcept;
const DTypeInfo &dtypeInfo(DType type) noexcept;
std::optional<DType> dtypeFromName(std::string_view name) noexcept;

// Bytes of a contiguous row of `elements`; elements must be a multiple of the block.
size_t rowBytes(DType type, int64_t elements) noexcept;

} // namespace inferlab
