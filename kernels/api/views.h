// Views of memory that operators read and write. A view owns nothing; the pointer is the device's.
#pragma once

#include "dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace inferlab {

// A tensor as it lies in a file or in host memory: `rows` rows of `cols` elements, rows contiguous
// and packed one after the other (a weight matrix [out, in] has rows = out, cols = in).
struct HostTensor
{
    const void *data = nullptr;
    DType dtype = DType::F32;
    int64_t rows = 0;
    int64_t cols = 0;
};

// Activations: float32, row-major, one row per token of the batch. `stride` counts floats between
// rows.
struct MatrixView
{
    float *data = nullptr;
    int64_t rows = 0;
    int64_t cols = 0;
    int64_t stride = 0;

    constexpr float *row(int64_t r) const noexcept { return data + r * stride; }
};

struct ConstMatrixView
{
    const float *data = nullptr;
    int64_t rows = 0;
    int64_t cols = 0;
    int64_t stride = 0;

    ConstMatrixView() = default;
    ConstMatrixView(const float *d, int64_t r, int64_t c, int64_t s) noexcept
        : data(d)
        , rows(r)
        , cols(c)
        , stride(s)
    { }
    ConstMatrixView(
        const MatrixView &m) noexcept // NOLINT(google-explicit-constructor): as T* to const T*
        : data(m.data)
        , rows(m.rows)
        , cols(m.cols)
        , stride(m.stride)
    { }
    constexpr const float *row(int64_t r) const noexcept { return data + r * stride; }
    std::span<const float> rowSpan(int64_t r) const noexcept
    {
        return {row(r), static_cast<size_t>(cols)};
    }
};

// One layer of the paged KV cache. Keys and values each lie as [block][kvHead][slot][headDim], slot
// being the position within the block, so that one head's keys of one block are contiguous. dtype:
// F32, F16, or Q8_0 with each head of a token a row of whole blocks.
struct KvLayerView
{
    void *keys = nullptr;
    void *values = nullptr;
    DType dtype = DType::F16;
    int32_t blocks = 0;
    int32_t blockTokens = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;
};

// Where the rows of a batch stand: row r belongs to sequence `sequence[r]` (an index into the block
// tables) at absolute position `position[r]`; token p of sequence s lies in block blockTables[s *
// maxBlocks + p / blockTokens], slot p % blockTokens. Rows of one sequence come one after the other
// with rising positions. All arrays are in device memory. Host-memory backends read them as they
// are.
struct RowPlacement
{
    const int32_t *sequence = nullptr;    // [rows]
    const int32_t *position = nullptr;    // [rows]
    const int32_t *blockTables = nullptr; // [sequences][maxBlocks]
    int32_t rows = 0;
    int32_t sequences = 0;
    int32_t maxBlocks = 0;
};

} // namespace inferlab
