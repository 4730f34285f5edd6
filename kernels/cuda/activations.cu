#include "activations.h"

#include "activation_sources.cuh"
#include "half.cuh"
#include "launch.cuh"
#include "quantize_group.cuh"

#include <algorithm>
#include <type_traits>

namespace inferlab::cuda {

namespace {

constexpr unsigned kMostThreads = 1024;

// A row's blocks along y share its groups. Quantised weights have whole groups.
template <typename Source>
__global__ void __launch_bounds__(kMostThreads) quantizeKernel(Source source, Int8Activations out)
{
    beginKernel();
    source.enter(blockIdx.x, sharedMemory<float>());
    const auto lane = static_cast<int64_t>(threadIdx.x % kWarpLanes);
    const auto warps = static_cast<int64_t>(blockDim.x / kWarpLanes);
    for (int64_t group = blockIdx.y * warps + threadIdx.x / kWarpLanes; group < out.groups;
         group += gridDim.y * warps)
        quantizeGroup(source.at(group * kGroup + lane), blockIdx.x * out.groups + group, out);
}

// The power of two that brings `largest` below 2^15; 1 where it is already.
__device__ float reachOfHalf(float largest)
{
    constexpr int kTopExponent = 14; // 2^15 - something: room for rounding below 65504
    const int exponent = ((__float_as_int(largest) >> 23) & 0xff) - 127;
    const int excess = exponent > kTopExponent ? exponent - kTopExponent : 0;
    return __int_as_float((127 + excess) << 23);
}

// One block per row: it has to know the largest value before it writes one.
template <typename Source>
__global__ void __launch_bounds__(kMostThreads)
    halveKernel(Source source, int64_t cols, HalfActivations out)
{
    beginKernel();
    auto *scratch = sharedMemory<float>();
    source.enter(blockIdx.x, scratch);
    float largest = 0.0f;
    for (int64_t c = threadIdx.x; c < cols; c += blockDim.x)
        largest = fmaxf(largest, fabsf(source.at(c)));
    largest = warpMaximum(largest);
    __syncthreads(); // what the source had in the scratch is read
    if (threadIdx.x % kWarpLanes == 0)
        scratch[threadIdx.x / kWarpLanes] = largest;
    __syncthreads();
    for (unsigned i = 0; i < blockDim.x / kWarpLanes; ++i)
        largest = fmaxf(largest, scratch[i]);
    const float scale = reachOfHalf(largest);
    const float inverse = 1.0f / scale;
    const int64_t padded = out.groups * kGroup;
    uint16_t *row = out.values + blockIdx.x * padded;
    for (int64_t c = threadIdx.x; c < padded; c += blockDim.x)
        row[c] = c < cols ? halfFromFloat(__fmul_rn(source.at(c), inverse)) : uint16_t {0};
    if (threadIdx.x == 0)
        out.scales[blockIdx.x] = scale;
}

template <typename Source>
__global__ void __launch_bounds__(kMostThreads)
    padKernel(Source source, int64_t cols, int64_t padded, float *out)
{
    beginKernel();
    source.enter(blockIdx.x, sharedMemory<float>());
    float *row = out + blockIdx.x * padded;
    for (int64_t c = blockIdx.y * int64_t {blockDim.x} + threadIdx.x; c < padded;
         c += gridDim.y * int64_t {blockDim.x})
        row[c] = c < cols ? source.at(c) : 0.0f;
}

// A block for each row, with about four elements a thread.
Grid perRow(int64_t rows, int64_t cols)
{
    constexpr int64_t kLeastThreads = 128;
    Grid grid;
    grid.blocks = rows;
    grid.threads =
        static_cast<unsigned>(std::clamp(ceilDivide(cols, 4 * kWarpLanes) * kWarpLanes,
                                         kLeastThreads, static_cast<int64_t>(kMostThreads)));
    grid.sharedBytes = grid.threads / kWarpLanes * sizeof(float);
    return grid;
}

// Several blocks for each row, with an element a thread.
Grid perElement(int64_t rows, int64_t cols)
{
    constexpr int64_t kThreads = 256;
    Grid grid;
    grid.blocks = rows;
    grid.y = static_cast<unsigned>(ceilDivide(cols, kThreads));
    grid.threads = kThreads;
    return grid;
}

// A norm has to see its whole row first.
template <typename Source>
Grid gridFor(int64_t rows, int64_t cols)
{
    return std::is_same_v<Source, NormedRows> ? perRow(rows, cols) : perElement(rows, cols);
}

// Calls body with the source as kernels read it.
template <typename Body>
void forSource(const ActivationSource &source, const Body &body)
{
    if (const auto *matrix = std::get_if<ConstMatrixView>(&source))
        body(PlainRows(*matrix));
    else if (const auto *norm = std::get_if<NormArgs>(&source))
        body(NormedRows(*norm));
    else
        body(GatedRows(std::get<GatedActivations>(source)));
}

// What kernels that read 16 bytes at a time take as it is.
bool isPacked(const ConstMatrixView &x)
{
    return x.cols % kGroup == 0 && (x.stride == x.cols || x.rows == 1)
        && reinterpret_cast<uintptr_t>(x.data) % sizeof(float4) == 0;
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

int64_t rowsOf(const ActivationSource &source) noexcept
{
    if (const auto *matrix = std::get_if<ConstMatrixView>(&source))
        return matrix->rows;
    if (const auto *norm = std::get_if<NormArgs>(&source))
        return norm->rows.empty() ? norm->x.rows : static_cast<int64_t>(norm->rows.size());
    return std::get_if<GatedActivations>(&source)->gate.rows;
}

int64_t colsOf(const ActivationSource &source) noexcept
{
    if (const auto *matrix = std::get_if<ConstMatrixView>(&source))
        return matrix->cols;
    if (const auto *norm = std::get_if<NormArgs>(&source))
        return norm->x.cols;
    return std::get_if<GatedActivations>(&source)->gate.cols;
}

size_t Int8Activations::bytes(int64_t rows, int64_t cols) noexcept
{
    return aligned(elements(rows, cols)) + elements(rows, cols) / kGroup * sizeof(ActivationScale);
}

Int8Activations::Int8Activations(void *memory, int64_t rows, int64_t cols) noexcept
    : codes(static_cast<signed char *>(memory))
    , scales(reinterpret_cast<ActivationScale *>(codes + aligned(elements(rows, cols))))
    , groups(groupsOf(cols))
{ }

void quantizeActivations(LaunchQueue &queue, const ActivationSource &source,
                         const Int8Activations &out)
{
    forSource(source, [&](const auto &rows) {
        using Source = std::decay_t<decltype(rows)>;
        launch("quantizeActivations", quantizeKernel<Source>,
               gridFor<Source>(rowsOf(source), colsOf(source)), queue, rows, out);
    });
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

void halveActivations(LaunchQueue &queue, const ActivationSource &source,
                      const HalfActivations &out)
{
    forSource(source, [&](const auto &rows) {
        launch("halveActivations", halveKernel<std::decay_t<decltype(rows)>>,
               perRow(rowsOf(source), colsOf(source)), queue, rows, colsOf(source), out);
    });
}

size_t FloatActivations::bytes(int64_t rows, int64_t cols) noexcept
{
    return elements(rows, cols) * sizeof(float);
}

FloatActivations padActivations(LaunchQueue &queue, const ActivationSource &source, void *memory)
{
    FloatActivations result;
    result.groups = groupsOf(colsOf(source));
    const auto *matrix = std::get_if<ConstMatrixView>(&source);
    if (matrix != nullptr && isPacked(*matrix)) {
        result.values = matrix->data;
        return result;
    }
    auto *values = static_cast<float *>(memory);
    const int64_t padded = result.groups * kGroup;
    forSource(source, [&](const auto &rows) {
        using Source = std::decay_t<decltype(rows)>;
        launch("padActivations", padKernel<Source>, gridFor<Source>(rowsOf(source), padded), queue,
               rows, colsOf(source), padded, values);
    });
    result.values = values;
    return result;
}

} // namespace inferlab::cuda
