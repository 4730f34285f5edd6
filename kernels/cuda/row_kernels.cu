#include "row_kernels.h"

#include "launch.cuh"
#include "warp.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 256;

// One block per row: the row passes by twice, the second time from the cache.
__global__ void __launch_bounds__(kThreads)
    rmsNormKernel(ConstMatrixView x, const float *gain, float epsilon, MatrixView out)
{
    auto *scratch = sharedMemory<float>();
    const float *in = x.row(blockIdx.x);
    float *result = out.row(blockIdx.x);
    float sum = 0.0f;
    for (int64_t c = threadIdx.x; c < x.cols; c += kThreads)
        sum = __fmaf_rn(in[c], in[c], sum);
    sum = blockSum(sum, scratch);
    const float factor = 1.0f / sqrtf(sum / static_cast<float>(x.cols) + epsilon);
    for (int64_t c = threadIdx.x; c < x.cols; c += kThreads)
        result[c] = in[c] * factor * gain[c];
}

__global__ void siluMultiplyKernel(ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= out.rows * out.cols)
        return;
    const int64_t row = index / out.cols;
    const int64_t col = index % out.cols;
    const float value = gate.row(row)[col];
    out.row(row)[col] = value / (1.0f + expf(-value)) * up.row(row)[col];
}

__global__ void addKernel(MatrixView x, ConstMatrixView y)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= x.rows * x.cols)
        return;
    const int64_t row = index / x.cols;
    const int64_t col = index % x.cols;
    x.row(row)[col] += y.row(row)[col];
}

__global__ void gatherRowsKernel(ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= out.rows * out.cols)
        return;
    const int64_t row = index / out.cols;
    const int64_t col = index % out.cols;
    out.row(row)[col] = x.row(rows[row])[col];
}

Grid perElement(int64_t elements)
{
    Grid grid;
    grid.blocks = ceilDivide(elements, kThreads);
    grid.threads = kThreads;
    return grid;
}

} // namespace

void rmsNorm(cudaStream_t stream, ConstMatrixView x, const float *gain, float epsilon,
             MatrixView out)
{
    Grid grid;
    grid.blocks = x.rows;
    grid.threads = kThreads;
    grid.sharedBytes = kThreads / kWarpLanes * sizeof(float);
    launch("rmsNorm", rmsNormKernel, grid, stream, x, gain, epsilon, out);
}

void siluMultiply(cudaStream_t stream, ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    launch("siluMultiply", siluMultiplyKernel, perElement(out.rows * out.cols), stream, gate, up,
           out);
}

void add(cudaStream_t stream, MatrixView x, ConstMatrixView y)
{
    launch("add", addKernel, perElement(x.rows * x.cols), stream, x, y);
}

void gatherRows(cudaStream_t stream, ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    launch("gatherRows", gatherRowsKernel, perElement(out.rows * out.cols), stream, x, rows, out);
}

} // namespace inferlab::cuda
