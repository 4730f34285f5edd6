// A weight matrix in device memory, in planes.
#pragma once

#include "device_buffer.h"
#include "kernels/api/backend.h"
#include "staging.h"
#include "weight_format.h"

namespace inferlab::cuda {

class DeviceWeight final : public Weight
{
public:
    DeviceWeight(DType dtype, DType stored, int64_t rows, int64_t cols);

    int64_t rows() const noexcept override { return m_rows; }
    int64_t cols() const noexcept override { return m_cols; }
    DType dtype() const noexcept override { return m_dtype; }
    size_t bytes() const noexcept override { return m_offsets.total; }

    DType stored() const noexcept { return m_stored; } // as the kernels read it
    WeightPlanes planes() const noexcept;

    // False when `progress` said not to go on.
    bool copy(const HostTensor &tensor, Staging &staging, const WeightProgress &progress);

private:
    int64_t m_rows;
    int64_t m_cols;
    DType m_dtype;
    DType m_stored;
    PlaneOffsets m_offsets;
    DeviceBuffer m_memory;
};

// The type in device memory: the file's own, or float32 for types that no kernel reads.
DType storedType(DType dtype) noexcept;

// What a matrix takes, and whether there are kernels for it.
WeightSupport weightSupport(DType dtype, int64_t rows, int64_t cols);

} // namespace inferlab::cuda
