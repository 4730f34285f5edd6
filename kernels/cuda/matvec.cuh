// What the matrix-vector kernels share: a warp takes a row of the weight, its lanes take groups in
// turn, and the lanes' sums are added by the same tree for every token.
#pragma once

#include "matvec.h"

#include "launch.cuh"
#include "warp.cuh"

#include <stdexcept>

namespace inferlab::cuda {

// Four warps: enough loads under way per multiprocessor with some sixteen blocks on it, and little
// is lost where rows are few.
constexpr unsigned kMatvecThreads = 128;
constexpr int64_t kMatvecRows = kMatvecThreads / kWarpLanes; // of a block

// The target that this block works on.
__device__ __forceinline__ const ProductTarget &targetOfBlock(const ProductTargets &targets)
{
    int i = 0;
    while (i + 1 < targets.count && targets.target[i + 1].firstBlock <= int64_t {blockIdx.x})
        ++i;
    return targets.target[i];
}

// The beginning of a warp's part of a plane on its way into the second-level cache, while the warp
// waits for the kernel before: no kernel writes weights. A sector for each lane: 1 KiB of each of
// the warps that stand is what memory brings in a few microseconds, and does not fill the cache.
__device__ __forceinline__ void prefetch([[maybe_unused]] const unsigned char *from,
                                         [[maybe_unused]] int64_t bytes)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900 // before, no kernel waits
    constexpr int kSector = 32;                    // bytes of a cache line that come at once
    const int at = static_cast<int>(threadIdx.x % kWarpLanes) * kSector;
    if (at < bytes)
        asm volatile("prefetch.L2 [%0];" ::"l"(from + at));
#endif
}

// Of a row of the weight, of all planes that are large.
template <DType type>
__device__ __forceinline__ void prefetchRow(const WeightPlanes &planes, int64_t row)
{
    constexpr PlaneBytes kBytes = planeBytes(type);
    const int64_t first = row * planes.groups;
    const auto prefetchPlane = [&](const unsigned char *plane, size_t ofGroup) {
        const auto bytes = static_cast<int64_t>(ofGroup);
        if (bytes > 0)
            prefetch(plane + first * bytes, planes.groups * bytes);
    };
    prefetchPlane(planes.low, kBytes.low);
    prefetchPlane(planes.high, kBytes.high);
    prefetchPlane(planes.scales, kBytes.scales);
}

// Which row a warp takes, and of which weight; it may lie behind the last.
struct RowOfWarp
{
    const ProductTarget &target;
    int64_t row;
};

// First in a kernel: the row is on its way when the kernel before has ended.
template <DType type>
__device__ __forceinline__ RowOfWarp beginRow(const ProductTargets &targets)
{
    letNextKernelBegin();
    const ProductTarget &target = targetOfBlock(targets);
    const int64_t row =
        (int64_t {blockIdx.x} - target.firstBlock) * kMatvecRows + threadIdx.x / kWarpLanes;
    if (row < target.rows)
        prefetchRow<type>(target.weight, row);
    waitForKernelBefore();
    return {target, row};
}

// What token `lane` is added to, if anything. Asked for first, it arrives while the product is
// computed.
__device__ __forceinline__ float loadBefore(const ProductTarget &target, int64_t row, int tokens)
{
    const auto lane = static_cast<int>(threadIdx.x % kWarpLanes);
    return target.accumulate && lane < tokens ? target.y[lane * target.stride + row] : 0.0f;
}

// Lane t writes token t's sum.
template <int tokensMost>
__device__ __forceinline__ void storeSums(const ProductTarget &target, int64_t row,
                                          const float (&sums)[tokensMost], int tokens, float before)
{
    const auto lane = static_cast<int>(threadIdx.x % kWarpLanes);
    float own = 0.0f;
    for (int t = 0; t < tokensMost; ++t) {
        const float sum = warpSum(sums[t]);
        own = t == lane ? sum : own;
    }
    if (lane >= tokens)
        return;
    const float value = __fadd_rn(own, target.bias != nullptr ? target.bias[row] : 0.0f);
    target.y[lane * target.stride + row] = target.accumulate ? __fadd_rn(before, value) : value;
}

// Calls body(integral_constant) with the smallest kernel that takes `tokens`.
template <typename Body>
void forTokens(int64_t tokens, const Body &body)
{
    if (tokens <= 1)
        return body(std::integral_constant<int, 1> {});
    if (tokens <= 2)
        return body(std::integral_constant<int, 2> {});
    if (tokens <= 4)
        return body(std::integral_constant<int, 4> {});
    if (tokens <= kMatvecTokens)
        return body(std::integral_constant<int, 8> {});
    throw std::logic_error("more tokens than a matrix-vector kernel takes");
}

inline Grid matvecGrid(ProductTargets &targets)
{
    Grid grid;
    grid.blocks = targets.assignBlocks(kMatvecRows);
    grid.threads = kMatvecThreads;
    return grid;
}

} // namespace inferlab::cuda
