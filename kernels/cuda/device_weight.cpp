#include "device_weight.h"

#include "kernels/api/dequantize.h"

#include <algorithm>
#include <string>
#include <vector>

namespace inferlab::cuda {

namespace {

// Bytes of the file's tensor repacked between two calls of `progress`: some milliseconds.
constexpr size_t kPieceBytes = size_t {4} << 20;

// A plane of some rows on the host, and where it goes.
struct PlanePiece
{
    std::vector<unsigned char> bytes;
    size_t bytesPerRow;
    size_t offset; // of the plane

    PlanePiece(int64_t rows, size_t perRow, size_t at)
        : bytes(static_cast<size_t>(rows) * perRow)
        , bytesPerRow(perRow)
        , offset(at)
    { }
    unsigned char *row(int64_t r) { return bytes.data() + static_cast<size_t>(r) * bytesPerRow; }
};

} // namespace

DType storedType(DType dtype) noexcept
{
    return hasKernels(dtype) ? dtype : DType::F32;
}

WeightSupport weightSupport(DType dtype, int64_t rows, int64_t cols)
{
    const DTypeInfo &info = dtypeInfo(dtype);
    WeightSupport support;
    if (rows <= 0 || cols <= 0 || cols % info.blockElements != 0) {
        support.reason = "rows of " + std::to_string(cols) + " elements are not whole blocks of "
            + std::to_string(info.blockElements) + " (" + std::string(info.name) + ")";
        return support;
    }
    support.supported = true;
    support.fast = hasKernels(dtype) && dtype != DType::F32;
    support.bytes = planeOffsets(storedType(dtype), rows, cols).total;
    if (!hasKernels(dtype))
        support.reason = "the GPU has no kernel for " + std::string(info.name)
            + ": it is kept as float32, in "
            + std::to_string(32 * info.blockElements / (8 * info.blockBytes)) + " times the memory";
    else if (dtype == DType::F32)
        support.reason = "float32 products do not use the tensor cores";
    return support;
}

DeviceWeight::DeviceWeight(DType dtype, DType stored, int64_t rows, int64_t cols)
    : m_rows(rows)
    , m_cols(cols)
    , m_dtype(dtype)
    , m_stored(stored)
    , m_offsets(planeOffsets(stored, rows, cols))
    , m_memory(m_offsets.total)
{ }

WeightPlanes DeviceWeight::planes() const noexcept
{
    const auto *base = static_cast<const unsigned char *>(m_memory.data());
    WeightPlanes planes;
    planes.low = base + m_offsets.low;
    planes.high = base + m_offsets.high;
    planes.scales = base + m_offsets.scales;
    planes.supers = base + m_offsets.supers;
    planes.groups = groupsOf(m_cols);
    return planes;
}

bool DeviceWeight::copy(const HostTensor &tensor, Staging &staging, const WeightProgress &progress)
{
    const size_t sourceBytes = rowBytes(tensor.dtype, tensor.cols);
    const auto *source = static_cast<const unsigned char *>(tensor.data);
    const int64_t pieceRows = std::clamp<int64_t>(
        static_cast<int64_t>(kPieceBytes / std::max<size_t>(sourceBytes, 1)), 1, m_rows);
    const PlaneBytes bytes = planeBytes(m_stored);
    const auto groups = static_cast<size_t>(groupsOf(m_cols));
    PlanePiece pieces[] = {{pieceRows, groups * bytes.low, m_offsets.low},
                           {pieceRows, groups * bytes.high, m_offsets.high},
                           {pieceRows, groups * bytes.scales, m_offsets.scales},
                           {pieceRows, groups / kGroupsPerSuper * bytes.supers, m_offsets.supers}};
    std::vector<float> values(m_stored == m_dtype ? 0 : static_cast<size_t>(m_cols));
    for (int64_t first = 0; first < m_rows; first += pieceRows) {
        const int64_t rows = std::min(pieceRows, m_rows - first);
        for (int64_t r = 0; r < rows; ++r) {
            const unsigned char *row = source + static_cast<size_t>(first + r) * sourceBytes;
            if (!values.empty()) {
                dequantizeRow(m_dtype, row, values.data(), m_cols);
                row = reinterpret_cast<const unsigned char *>(values.data());
            }
            repackRow(m_stored, row, m_cols,
                      {pieces[0].row(r), pieces[1].row(r), pieces[2].row(r), pieces[3].row(r)});
        }
        for (const PlanePiece &piece : pieces) {
            auto *to = static_cast<unsigned char *>(m_memory.data()) + piece.offset
                + static_cast<size_t>(first) * piece.bytesPerRow;
            staging.upload(to, piece.bytes.data(), static_cast<size_t>(rows) * piece.bytesPerRow);
        }
        if (progress && !progress(static_cast<size_t>(first + rows) * sourceBytes))
            return false;
    }
    return true;
}

} // namespace inferlab::cuda
