// A weight matrix in panels (see panel_format.h): packed from a file's rows when it is loaded,
// multiplied by the matrix kernels, and read back row by row for embeddings.
#pragma once

#include "kernels/api/backend.h"
#include "panel_format.h"
#include "thread_pool.h"
#include "weight_arena.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace inferlab {

// The panels that a file's type is kept in; F32 for types without panels of their own.
PanelFormat panelFormat(DType dtype) noexcept;
bool hasOwnPanels(DType dtype) noexcept;

// Memory that a weight takes in panels.
size_t packedBytes(DType dtype, int64_t rows, int64_t cols) noexcept;

class PackedWeight final : public Weight
{
public:
    // Packs panels on all threads of the pool, straight from the tensor. cols: whole blocks of the
    // type. Null when `progress` said not to go on; it is called after every 16 MiB of panels and
    // at the end. Throws std::bad_alloc.
    static std::unique_ptr<PackedWeight> pack(const HostTensor &tensor, WeightArena &arena,
                                              ThreadPool &pool, const WeightProgress &progress);

    int64_t rows() const noexcept override { return m_rows; }
    int64_t cols() const noexcept override { return m_cols; }
    DType dtype() const noexcept override { return m_dtype; }
    size_t bytes() const noexcept override { return m_bytes; }

    PanelFormat format() const noexcept { return m_format; }
    int64_t panels() const noexcept { return (m_rows + kPanelRows - 1) / kPanelRows; }
    PanelView view() const noexcept;

    // Row `row` as float32 [cols]: the same bits as dequantizeRow() of the file's row.
    void unpackRow(int64_t row, float *out) const noexcept;

private:
    PackedWeight(const HostTensor &tensor, WeightArena &arena);
    // floats: room for a row.
    void packPanels(const HostTensor &tensor, int64_t firstPanel, int64_t endPanel,
                    float *floats) noexcept;

    int64_t m_rows;
    int64_t m_cols;
    DType m_dtype;
    PanelFormat m_format;
    size_t m_bytes;
    std::shared_ptr<uint8_t> m_memory; // all values, then all scales
};

} // namespace inferlab
