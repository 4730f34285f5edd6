#include "device_code.h"

#include "launch.cuh"

#include <exception>

namespace inferlab::cuda {

namespace {

// All kernels of the module are built for the same capabilities: this one stands for them.
__global__ void emptyKernel()
{
    beginKernel();
}

cudaError_t launchTwo(LaunchQueue &queue)
{
    const OverlapScope scope(queue, true);
    Grid grid;
    grid.blocks = 1;
    grid.threads = kWarpLanes;
    for (int i = 0; i < 2; ++i) {
        const cudaError_t error = tryLaunch(emptyKernel, grid, queue);
        if (error != cudaSuccess)
            return error;
    }
    return cudaSuccess;
}

cudaError_t launchRecorded(cudaStream_t stream, cudaGraph_t graph)
{
    cudaGraphExec_t exec = nullptr;
    cudaError_t error = cudaGraphInstantiate(&exec, graph, 0);
    if (error != cudaSuccess)
        return error;
    error = cudaGraphLaunch(exec, stream);
    const cudaError_t waited = cudaStreamSynchronize(stream);
    cudaGraphExecDestroy(exec);
    return error == cudaSuccess ? waited : error;
}

} // namespace

cudaError_t findDeviceCode()
{
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, emptyKernel);
}

bool codeWaits()
{
    constexpr int kLeastTarget = 90;
    cudaFuncAttributes attributes;
    return cudaFuncGetAttributes(&attributes, emptyKernel) == cudaSuccess
        && attributes.ptxVersion >= kLeastTarget;
}

cudaError_t tryOverlap(cudaStream_t stream)
{
    LaunchQueue queue(stream);
    cudaError_t error = launchTwo(queue);
    if (error == cudaSuccess)
        error = cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
    if (error == cudaSuccess) {
        error = launchTwo(queue);
        cudaGraph_t graph = nullptr;
        const cudaError_t ended = cudaStreamEndCapture(stream, &graph);
        error = error == cudaSuccess ? ended : error;
        if (error == cudaSuccess)
            error = launchRecorded(stream, graph);
        if (graph != nullptr)
            cudaGraphDestroy(graph);
    }
    const cudaError_t waited = cudaStreamSynchronize(stream);
    cudaGetLastError(); // one that does not stay is not the next caller's
    return error == cudaSuccess ? waited : error;
}

} // namespace inferlab::cuda
