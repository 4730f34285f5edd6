// Events and graphs of the emulated runtime: moments of the queue, and work that is recorded and
// queued as a whole. INFERLAB_EMULATED_EVENTS: how many events there may be at once.
#include "emulated_work.h"
#include "include/cuda_runtime.h"

#include <chrono>
#include <utility>

using namespace inferlab::emulation;

struct CUevent_st
{
    std::chrono::steady_clock::time_point reached;
};
struct CUgraphExec_st
{
    std::vector<Work> nodes;
};

namespace {

uint64_t eventCount = 0; // that there are

} // namespace

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    constexpr uint64_t kMostEvents = 1 << 20;
    if (eventCount >= numberFromEnvironment("INFERLAB_EMULATED_EVENTS", kMostEvents))
        return cudaErrorInvalidValue;
    ++eventCount;
    *event = new CUevent_st;
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    const cudaError_t drained = finishWork(); // queued work may still set it
    delete event;
    --eventCount;
    return drained;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    enqueue(stream, [event] { event->reached = std::chrono::steady_clock::now(); });
    return deviceState();
}

cudaError_t cudaEventSynchronize(cudaEvent_t)
{
    return finishWork();
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t begin, cudaEvent_t end)
{
    *milliseconds = std::chrono::duration<float, std::milli>(end->reached - begin->reached).count();
    return deviceState();
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode)
{
    stream->capture = new CUgraph_st;
    return deviceState();
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph)
{
    *graph = std::exchange(stream->capture, nullptr);
    return deviceState();
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *exec, cudaGraph_t graph, unsigned long long)
{
    *exec = new CUgraphExec_st {graph->nodes};
    return deviceState();
}

// In place where the kernels are as many as before; their arguments and sizes are the new ones.
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo *info)
{
    if (exec->nodes.size() != graph->nodes.size()) {
        info->result = 1;
        return cudaErrorInvalidValue;
    }
    exec->nodes = graph->nodes;
    return deviceState();
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *, size_t *count)
{
    *count = graph->nodes.size();
    return deviceState();
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream)
{
    for (const Work &node : exec->nodes)
        enqueueWork(stream, node);
    return checkKernelLaunch(false);
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec)
{
    const cudaError_t drained = finishWork();
    delete exec;
    return drained;
}
