#include "step_recorder.h"

#include "cuda_error.h"

#include <utility>

namespace inferlab::cuda {

StepRecorder::StepRecorder(cudaStream_t stream)
    : m_stream(stream)
{
    check(cudaEventCreateWithFlags(&m_begin, cudaEventDefault), "making an event");
    check(cudaEventCreateWithFlags(&m_end, cudaEventDefault), "making an event");
}

StepRecorder::~StepRecorder()
{
    cudaEventDestroy(m_begin);
    cudaEventDestroy(m_end);
}

void StepRecorder::forget() noexcept
{
    m_recorded.clear();
    m_before.reset();
}

void StepRecorder::run(const StepKey &key, const std::function<void()> &step)
{
    m_last.reset();
    const Recorded *known = recorded(key, step);
    check(cudaEventRecord(m_begin, m_stream), "beginning a step");
    DeviceStep done;
    if (known != nullptr) {
        check(cudaGraphLaunch(known->exec.get(), m_stream), "a recorded step");
        done.launches = known->launches;
        done.replayed = true;
    } else {
        step();
    }
    check(cudaEventRecord(m_end, m_stream), "ending a step");
    m_before = key;
    m_last = done;
}

std::optional<DeviceStep> StepRecorder::last()
{
    if (!m_last)
        return std::nullopt;
    constexpr double kNsPerMs = 1e6;
    float milliseconds = 0.0f;
    check(cudaEventSynchronize(m_end), "waiting for a step");
    check(cudaEventElapsedTime(&milliseconds, m_begin, m_end), "timing a step");
    m_last->ns = static_cast<int64_t>(static_cast<double>(milliseconds) * kNsPerMs);
    return m_last;
}

// Null for a step that is to be launched kernel by kernel: one that does not decode, or comes for
// the first time and may not come again.
const StepRecorder::Recorded *StepRecorder::recorded(const StepKey &key,
                                                     const std::function<void()> &step)
{
    if (!m_enabled || !key.decodes())
        return nullptr;
    const auto known = m_recorded.find(key.rows);
    if (known != m_recorded.end() && known->second.key == key)
        return &known->second;
    if (m_before != key)
        return nullptr;
    const Graph graph = record(step);
    size_t nodes = 0;
    check(cudaGraphGetNodes(graph.get(), nullptr, &nodes), "recording a step");
    Recorded entry;
    entry.key = key;
    entry.launches = static_cast<int32_t>(nodes);
    if (known != m_recorded.end()) {
        cudaGraphExecUpdateResultInfo info {};
        if (cudaGraphExecUpdate(known->second.exec.get(), graph.get(), &info) == cudaSuccess)
            entry.exec = std::move(known->second.exec);
        else
            cudaGetLastError(); // other kernels than before: it is made anew
        m_recorded.erase(known);
    }
    if (!entry.exec) {
        cudaGraphExec_t exec = nullptr;
        if (cudaGraphInstantiate(&exec, graph.get(), 0) != cudaSuccess) {
            // No memory for it, most likely. Where the device is lost, the first kernel says so.
            cudaGetLastError();
            return nullptr;
        }
        entry.exec.reset(exec);
    }
    return &m_recorded.emplace(key.rows, std::move(entry)).first->second;
}

StepRecorder::Graph StepRecorder::record(const std::function<void()> &step)
{
    check(cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeThreadLocal), "recording a step");
    m_recording = true;
    cudaGraph_t graph = nullptr;
    try {
        step();
    } catch (...) {
        m_recording = false;
        cudaStreamEndCapture(m_stream, &graph);
        if (graph != nullptr)
            cudaGraphDestroy(graph);
        throw;
    }
    m_recording = false;
    check(cudaStreamEndCapture(m_stream, &graph), "recording a step");
    return Graph(graph);
}

} // namespace inferlab::cuda
