// Launching a kernel with its shared memory, which is always asked for at launch and has one typed
// shape per kernel.
#pragma once

#include "cuda_error.h"

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace inferlab::cuda {

constexpr int kWarpLanes = 32;
constexpr unsigned kWholeWarp = 0xffffffffu;

// The block's shared memory, as many bytes as the launch asked for.
template <typename T>
__device__ __forceinline__ T *sharedMemory()
{
#ifdef __CUDACC__
    extern __shared__ __align__(16) unsigned char dynamicSharedMemory[];
    return reinterpret_cast<T *>(dynamicSharedMemory);
#else
    return reinterpret_cast<T *>(emulation::sharedMemory());
#endif
}

struct Grid
{
    int64_t blocks = 0; // along x
    unsigned y = 1;
    unsigned z = 1;
    unsigned threads = 0; // of a block
    size_t sharedBytes = 0;
};

// Blocks of shared memory above this size need the driver's consent per kernel.
constexpr size_t kUsualSharedBytes = size_t {48} * 1024;

template <typename... Parameters, typename... Arguments>
void launch(const char *name, void (*kernel)(Parameters...), const Grid &grid, cudaStream_t stream,
            Arguments &&...arguments)
{
    if (grid.blocks <= 0)
        return;
    if (grid.sharedBytes > kUsualSharedBytes)
        check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   static_cast<int>(grid.sharedBytes)),
              name);
    cudaLaunchConfig_t config {};
    config.gridDim = dim3 {static_cast<unsigned>(grid.blocks), grid.y, grid.z};
    config.blockDim = dim3 {grid.threads, 1, 1};
    config.dynamicSmemBytes = grid.sharedBytes;
    config.stream = stream;
    check(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...), name);
}

constexpr int64_t ceilDivide(int64_t value, int64_t by)
{
    return (value + by - 1) / by;
}

} // namespace inferlab::cuda
