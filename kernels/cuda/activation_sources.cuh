// What products read before it is rounded: rows as they are, normed rows, gated activations. A
// block asks for one row after it has entered it.
#pragma once

#include "activations.h"
#include "warp.cuh"

#include <cuda_runtime.h>

namespace inferlab::cuda {

class PlainRows
{
public:
    explicit PlainRows(const ConstMatrixView &x)
        : m_x(x)
    { }
    __device__ void enter(int64_t row, float *) { m_row = m_x.row(row); }
    __device__ float at(int64_t col) const { return m_row[col]; }

private:
    ConstMatrixView m_x;
    const float *m_row = nullptr;
};

class NormedRows
{
public:
    explicit NormedRows(const NormArgs &norm)
        : m_x(norm.x)
        , m_gain(norm.gain)
        , m_epsilon(norm.epsilon)
        , m_rows(norm.rows.empty() ? nullptr : norm.rows.data())
    { }
    // scratch: a float for each warp. All threads of the block; whoever writes to the scratch
    // afterwards waits for them first.
    __device__ void enter(int64_t row, float *scratch)
    {
        m_row = m_x.row(m_rows != nullptr ? m_rows[row] : row);
        float sum = 0.0f;
        for (int64_t c = threadIdx.x; c < m_x.cols; c += blockDim.x)
            sum = __fmaf_rn(m_row[c], m_row[c], sum);
        sum = blockSum(sum, scratch);
        m_factor = 1.0f / sqrtf(sum / static_cast<float>(m_x.cols) + m_epsilon);
    }
    __device__ float at(int64_t col) const { return m_row[col] * m_factor * m_gain[col]; }

private:
    ConstMatrixView m_x;
    const float *m_gain;
    float m_epsilon;
    const int32_t *m_rows;
    const float *m_row = nullptr;
    float m_factor = 0.0f;
};

// silu(gate) * up
class GatedRows
{
public:
    explicit GatedRows(const GatedActivations &gated)
        : m_gate(gated.gate)
        , m_up(gated.up)
    { }
    __device__ void enter(int64_t row, float *)
    {
        m_gateRow = m_gate.row(row);
        m_upRow = m_up.row(row);
    }
    __device__ float at(int64_t col) const
    {
        const float value = m_gateRow[col];
        return value / (1.0f + expf(-value)) * m_upRow[col];
    }

private:
    ConstMatrixView m_gate;
    ConstMatrixView m_up;
    const float *m_gateRow = nullptr;
    const float *m_upRow = nullptr;
};

} // namespace inferlab::cuda
