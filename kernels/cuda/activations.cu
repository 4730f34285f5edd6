#include "activations.h"

#include "half.cuh"
#include "launch.cuh"
#include "warp_codes.cuh"

namespace inferlab::cuda {

namespace {

constexpr unsigned kThreads = 256;
constexpr int64_t kGroupsPerBlock = kThreads / kGroup; // a warp takes a group
static_assert(kGroup == kWarpLanes);

__global__ void quantizeKernel(ConstMatrixView x, Int8Activations out)
{
    const int64_t index = int64_t {blockIdx.x} * kGroupsPerBlock + threadIdx.x / kWarpLanes;
    if (index >= x.rows * out.groups)
        return; // the whole warp
    const auto lane = static_cast<int>(threadIdx.x % kWarpLanes);
    const float value = x.row(index / out.groups)[index % out.groups * kGroup + lane];
    const auto [largest, code] = quantizeWarp(value); // infinite: no sum with it is a number
    int sum = code;                                   // of the lane's half
    for (int lanes = 8; lanes > 0; lanes /= 2)
        sum += __shfl_xor_sync(kWholeWarp, sum, lanes);
    const int upper = __shfl_sync(kWholeWarp, sum, 16);
    out.codes[index * kGroup + lane] = static_cast<signed char>(code);
    if (lane == 0) {
        out.scales[index].scale = largest / 127.0f;
        out.scales[index].sums =
            (static_cast<uint32_t>(sum) & 0xffffu) | static_cast<uint32_t>(upper) << 16;
    }
}

// The power of two that brings `largest` below 2^15; 1 where it is already.
__device__ float reachOfHalf(float largest)
{
    constexpr int kTopExponent = 14; // 2^15 - something: room for rounding below 65504
    const int exponent = ((__float_as_int(largest) >> 23) & 0xff) - 127;
    const int excess = exponent > kTopExponent ? exponent - kTopExponent : 0;
    return __int_as_float((127 + excess) << 23);
}

// One block per row.
__global__ void __launch_bounds__(kThreads) halveKernel(ConstMatrixView x, HalfActivations out)
{
    auto *scratch = sharedMemory<float>();
    const float *in = x.row(blockIdx.x);
    float largest = 0.0f;
    for (int64_t c = threadIdx.x; c < x.cols; c += kThreads)
        largest = fmaxf(largest, fabsf(in[c]));
    largest = warpMaximum(largest);
    if (threadIdx.x % kWarpLanes == 0)
        scratch[threadIdx.x / kWarpLanes] = largest;
    __syncthreads();
    for (unsigned i = 0; i < kThreads / kWarpLanes; ++i)
        largest = fmaxf(largest, scratch[i]);
    const float scale = reachOfHalf(largest);
    const float inverse = 1.0f / scale;
    const int64_t padded = out.groups * kGroup;
    uint16_t *row = out.values + int64_t {blockIdx.x} * padded;
    for (int64_t c = threadIdx.x; c < padded; c += kThreads)
        row[c] = c < x.cols ? halfFromFloat(__fmul_rn(in[c], inverse)) : uint16_t {0};
    if (threadIdx.x == 0)
        out.scales[blockIdx.x] = scale;
}

__global__ void padKernel(ConstMatrixView x, FloatActivations out)
{
    const int64_t padded = out.groups * kGroup;
    const int64_t index = int64_t {blockIdx.x} * kThreads + threadIdx.x;
    if (index >= x.rows * padded)
        return;
    const int64_t col = index % padded;
    out.values[index] = col < x.cols ? x.row(index / padded)[col] : 0.0f;
}

size_t aligned(size_t bytes)
{
    constexpr size_t kAlignment = 256;
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

size_t elements(int64_t rows, int64_t cols)
{
    return static_cast<size_t>(rows * groupsOf(cols) * kGroup);
}

} // namespace

size_t Int8Activations::bytes(int64_t rows, int64_t cols) noexcept
{
    return aligned(elements(rows, cols)) + elements(rows, cols) / kGroup * sizeof(ActivationScale);
}

Int8Activations::Int8Activations(void *memory, int64_t rows, int64_t cols) noexcept
    : codes(static_cast<signed char *>(memory))
    , scales(reinterpret_cast<ActivationScale *>(codes + aligned(elements(rows, cols))))
    , groups(groupsOf(cols))
{ }

void quantizeActivations(cudaStream_t stream, ConstMatrixView x, const Int8Activations &out)
{
    Grid grid;
    grid.blocks = ceilDivide(x.rows * out.groups, kGroupsPerBlock);
    grid.threads = kThreads;
    launch("quantizeActivations", quantizeKernel, grid, stream, x, out);
}

size_t HalfActivations::bytes(int64_t rows, int64_t cols) noexcept
{
    return aligned(elements(rows, cols) * sizeof(uint16_t))
        + static_cast<size_t>(rows) * sizeof(float);
}

HalfActivations::HalfActivations(void *memory, int64_t rows, int64_t cols) noexcept
    : values(static_cast<uint16_t *>(memory))
    , scales(reinterpret_cast<float *>(static_cast<unsigned char *>(memory)
                                       + aligned(elements(rows, cols) * sizeof(uint16_t))))
    , groups(groupsOf(cols))
{ }

void halveActivations(cudaStream_t stream, ConstMatrixView x, const HalfActivations &out)
{
    Grid grid;
    grid.blocks = x.rows;
    grid.threads = kThreads;
    grid.sharedBytes = kThreads / kWarpLanes * sizeof(float);
    launch("halveActivations", halveKernel, grid, stream, x, out);
}

size_t FloatActivations::bytes(int64_t rows, int64_t cols) noexcept
{
    return elements(rows, cols) * sizeof(float);
}

FloatActivations::FloatActivations(void *memory, int64_t cols) noexcept
    : values(static_cast<float *>(memory))
    , groups(groupsOf(cols))
{ }

void padActivations(cudaStream_t stream, ConstMatrixView x, const FloatActivations &out)
{
    Grid grid;
    grid.blocks = ceilDivide(x.rows * out.groups * kGroup, kThreads);
    grid.threads = kThreads;
    launch("padActivations", padKernel, grid, stream, x, out);
}

} // namespace inferlab::cuda
