// Launching a kernel with its shared memory, which is always asked for at launch and has one typed
// shape per kernel.
#pragma once

#include "cuda_error.h"
#include "launch_queue.h"

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

// The next kernel's blocks may take their places once all of this one's have: see
// launch_overlap.h.
__device__ __forceinline__ void letNextKernelBegin()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;");
#endif
}

// Until the kernel before has ended and what it wrote can be read. Every thread of a kernel comes
// here; before it nothing is read but what no kernel writes.
__device__ __forceinline__ void waitForKernelBefore()
{
#ifndef __CUDACC__
    emulation::waitForLaunchBefore();
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// First in a kernel that has nothing to do before.
__device__ __forceinline__ void beginKernel()
{
    letNextKernelBegin();
    waitForKernelBefore();
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
cudaError_t tryLaunch(void (*kernel)(Parameters...), const Grid &grid, LaunchQueue &queue,
                      Arguments &&...arguments)
{
    if (grid.blocks <= 0)
        return cudaSuccess;
    if (grid.sharedBytes > kUsualSharedBytes) {
        const cudaError_t refused =
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 static_cast<int>(grid.sharedBytes));
        if (refused != cudaSuccess)
            return refused;
    }
    cudaLaunchAttribute overlap {};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config {};
    config.gridDim = dim3 {static_cast<unsigned>(grid.blocks), grid.y, grid.z};
    config.blockDim = dim3 {grid.threads, 1, 1};
    config.dynamicSmemBytes = grid.sharedBytes;
    config.stream = queue.stream();
    config.attrs = &overlap;
    config.numAttrs = queue.nextOverlaps() ? 1 : 0;
    return cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...);
}

template <typename... Parameters, typename... Arguments>
void launch(const char *name, void (*kernel)(Parameters...), const Grid &grid, LaunchQueue &queue,
            Arguments &&...arguments)
{
    check(tryLaunch(kernel, grid, queue, std::forward<Arguments>(arguments)...), name);
}

constexpr int64_t ceilDivide(int64_t value, int64_t by)
{
    return (value + by - 1) / by;
}

} // namespace inferlab::cuda
