// Which panels a weight is kept in, and filling them on all threads.
#include "packed_weight.h"

#include "kernels/api/dequantize.h"
#include "pack_blocks.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

namespace inferlab {

namespace {

// A cache line, and the widest vector: values and scales begin on it.
constexpr size_t kAlignment = 64;

// Panels packed between two calls of `progress`: some milliseconds from memory, and still less than
// a tenth of a second from a disk. Small against what the threads cost to start on each piece.
constexpr int64_t kPieceBytes = int64_t {16} << 20;

int64_t panelCount(int64_t rows) noexcept
{
    return (rows + kPanelRows - 1) / kPanelRows;
}

size_t valueAreaBytes(const PanelLayout &layout, int64_t rows) noexcept
{
    const auto bytes = static_cast<size_t>(layout.valueBytes * panelCount(rows));
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// One row of numbers of Bytes each.
template <size_t Bytes>
void packNumbers(const uint8_t *row, int64_t cols, int lane, uint8_t *values) noexcept
{
    values += static_cast<size_t>(lane) * Bytes;
    for (int64_t column = 0; column < cols; ++column) {
        std::memcpy(values, row, Bytes);
        row += Bytes;
        values += kPanelRows * Bytes;
    }
}

} // namespace

PanelFormat panelFormat(DType dtype) noexcept
{
    switch (dtype) {
    case DType::Q4_0:
        return PanelFormat::Q4_0;
    case DType::Q4_1:
        return PanelFormat::Q4_1;
    case DType::Q5_0:
        return PanelFormat::Q5_0;
    case DType::Q5_1:
        return PanelFormat::Q5_1;
    case DType::Q8_0:
        return PanelFormat::Q8_0;
    case DType::Q4_K:
        return PanelFormat::Q4_K;
    case DType::Q5_K:
        return PanelFormat::Q5_K;
    case DType::Q6_K:
        return PanelFormat::Q6_K;
    case DType::F16:
        return PanelFormat::F16;
    case DType::BF16:
        return PanelFormat::BF16;
    default:
        return PanelFormat::F32;
    }
}

bool hasOwnPanels(DType dtype) noexcept
{
    return dtype == DType::F32 || panelFormat(dtype) != PanelFormat::F32;
}

size_t packedBytes(DType dtype, int64_t rows, int64_t cols) noexcept
{
    const PanelLayout layout = panelLayout(panelFormat(dtype), cols);
    const auto scales = static_cast<size_t>(layout.scales * panelCount(rows));
    return valueAreaBytes(layout, rows) + scales * sizeof(uint16_t);
}

PackedWeight::PackedWeight(const HostTensor &tensor, WeightArena &arena)
    : m_rows(tensor.rows)
    , m_cols(tensor.cols)
    , m_dtype(tensor.dtype)
    , m_format(panelFormat(tensor.dtype))
    , m_bytes(packedBytes(tensor.dtype, tensor.rows, tensor.cols))
    , m_memory(arena.allocate(m_bytes))
{ }

std::unique_ptr<PackedWeight> PackedWeight::pack(const HostTensor &tensor, WeightArena &arena,
                                                 ThreadPool &pool, const WeightProgress &progress)
{
    std::unique_ptr<PackedWeight> weight(new PackedWeight(tensor, arena));
    const PanelLayout layout = panelLayout(weight->m_format, tensor.cols);
    const int64_t piece = std::max<int64_t>(1, kPieceBytes / layout.valueBytes);
    // Types without panels of their own pass through a row of float32 per thread.
    const size_t rowFloats = hasOwnPanels(tensor.dtype) ? 0 : static_cast<size_t>(tensor.cols);
    std::vector<float> floats(rowFloats * static_cast<size_t>(pool.threads()));
    const size_t fileRowBytes = rowBytes(tensor.dtype, tensor.cols);
    for (int64_t first = 0; first < weight->panels(); first += piece) {
        const int64_t panels = std::min(piece, weight->panels() - first);
        pool.run([&](int worker, int workers) {
            const Range range = split(panels, worker, workers, 1);
            weight->packPanels(tensor, first + range.begin, first + range.end,
                               floats.data() + static_cast<size_t>(worker) * rowFloats);
        });
        const int64_t rows = std::min((first + panels) * kPanelRows, tensor.rows);
        if (progress && !progress(static_cast<size_t>(rows) * fileRowBytes))
            return nullptr;
    }
    return weight;
}

PanelView PackedWeight::view() const noexcept
{
    const PanelLayout layout = panelLayout(m_format, m_cols);
    const uint8_t *scales = m_memory.get() + valueAreaBytes(layout, m_rows);
    return {m_memory.get(),
            layout.scales == 0 ? nullptr : reinterpret_cast<const uint16_t *>(scales),
            layout.valueBytes,
            layout.scales,
            m_rows,
            m_cols};
}

void PackedWeight::packPanels(const HostTensor &tensor, int64_t firstPanel, int64_t endPanel,
                              float *floats) noexcept
{
    const PanelLayout layout = panelLayout(m_format, m_cols);
    const auto *file = static_cast<const uint8_t *>(tensor.data);
    const size_t fileRowBytes = rowBytes(m_dtype, m_cols);
    uint8_t *scaleArea = m_memory.get() + valueAreaBytes(layout, m_rows);
    for (int64_t panel = firstPanel; panel < endPanel; ++panel) {
        uint8_t *values = m_memory.get() + panel * layout.valueBytes;
        auto *scales = reinterpret_cast<uint16_t *>(scaleArea) + panel * layout.scales;
        if ((panel + 1) * kPanelRows > m_rows) { // lanes without a row
            std::memset(values, 0, static_cast<size_t>(layout.valueBytes));
            std::memset(scales, 0, static_cast<size_t>(layout.scales) * sizeof(uint16_t));
        }
        for (int lane = 0; lane < kPanelRows && panel * kPanelRows + lane < m_rows; ++lane) {
            const uint8_t *row =
                file + static_cast<size_t>(panel * kPanelRows + lane) * fileRowBytes;
            if (!hasOwnPanels(m_dtype)) {
                dequantizeRow(m_dtype, row, floats, m_cols);
                row = reinterpret_cast<const uint8_t *>(floats);
            }
            if (isQuantized(m_format))
                packRow(m_format, row, m_cols, lane, values, scales);
            else if (m_format == PanelFormat::F32)
                packNumbers<4>(row, m_cols, lane, values);
            else
                packNumbers<2>(row, m_cols, lane, values);
        }
    }
}

void PackedWeight::unpackRow(int64_t row, float *out) const noexcept
{
    assert(row >= 0 && row < m_rows);
    const int64_t panel = row / kPanelRows;
    const auto lane = static_cast<int>(row % kPanelRows);
    const PanelView weight = view();
    const uint8_t *values = weight.values + panel * weight.panelValueBytes;
    if (isQuantized(m_format)) {
        unpackLane(m_format, values, weight.scales + panel * weight.panelScales, m_cols, lane, out);
        return;
    }
    const bool wide = m_format == PanelFormat::F32;
    const DType dtype = wide ? DType::F32 : m_dtype;
    const size_t size = wide ? 4 : 2;
    for (int64_t column = 0; column < m_cols; ++column)
        dequantizeRow(dtype, values + static_cast<size_t>(column * kPanelRows + lane) * size,
                      out + column, 1);
}

} // namespace inferlab
