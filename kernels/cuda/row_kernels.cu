#include "row_kernels.h"

#include "activation_sources.cuh"
#include "launch.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 256;

// A row's blocks along y share its columns, an element of which is read and written by one thread:
// out may be what the source reads.
template <typename Source>
__global__ void __launch_bounds__(kThreads) storeKernel(Source source, MatrixView out)
{
    beginKernel();
    source.enter(blockIdx.x, sharedMemory<float>());
    float *row = out.row(blockIdx.x);
    for (int64_t c = blockIdx.y * int64_t {kThreads} + threadIdx.x; c < out.cols;
         c += gridDim.y * int64_t {kThreads})
        row[c] = source.at(c);
}

__global__ void addKernel(MatrixView x, ConstMatrixView y)
{
    beginKernel();
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= x.rows * x.cols)
        return;
    const int64_t row = index / x.cols;
    const int64_t col = index % x.cols;
    x.row(row)[col] += y.row(row)[col];
}

__global__ void gatherRowsKernel(ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    beginKernel();
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

void rmsNorm(LaunchQueue &queue, ConstMatrixView x, const float *gain, float epsilon,
             MatrixView out)
{
    NormArgs norm;
    norm.x = x;
    norm.gain = gain;
    norm.epsilon = epsilon;
    Grid grid; // a norm has to see its whole row first
    grid.blocks = x.rows;
    grid.threads = kThreads;
    grid.sharedBytes = kThreads / kWarpLanes * sizeof(float);
    launch("rmsNorm", storeKernel<NormedRows>, grid, queue, NormedRows(norm), out);
}

void siluMultiply(LaunchQueue &queue, ConstMatrixView gate, ConstMatrixView up, MatrixView out)
{
    Grid grid;
    grid.blocks = out.rows;
    grid.y = static_cast<unsigned>(ceilDivide(out.cols, kThreads));
    grid.threads = kThreads;
    launch("siluMultiply", storeKernel<GatedRows>, grid, queue, GatedRows({gate, up}), out);
}

void add(LaunchQueue &queue, MatrixView x, ConstMatrixView y)
{
    launch("add", addKernel, perElement(x.rows * x.cols), queue, x, y);
}

void gatherRows(LaunchQueue &queue, ConstMatrixView x, const int32_t *rows, MatrixView out)
{
    launch("gatherRows", gatherRowsKernel, perElement(out.rows * out.cols), queue, x, rows, out);
}

} // namespace inferlab::cuda
