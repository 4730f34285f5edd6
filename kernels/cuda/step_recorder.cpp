#include "step_recorder.h"

#include "cuda_error.h"

#include <utility>

namespace inferlab::cuda {

namespace {

// Of the steps of one kind that are launched kernel by kernel: two events for each layer cost some
// percent of a small model's step, and so less than half a percent of all.
constexpr int kTimedEvery = 16;

size_t kindOf(const StepKey &key)
{
    return key.decodes() ? 1 : 0;
}

} // namespace

void StepRecorder::forget() noexcept
{
    m_recorded.clear();
    m_before.reset();
    m_launchedSingly = {};
    m_uploading = false;
}

void StepRecorder::setEnabled(bool enabled) noexcept
{
    m_enabled = enabled;
    if (enabled)
        return;
    m_recorded.clear();
    m_before.reset();
}

void StepRecorder::beginUpload()
{
    if (std::exchange(m_uploading, true))
        return;
    m_uploadBegin.record(m_queue.stream());
}

void StepRecorder::beginSummary()
{
    m_summarised = m_last && m_last->phases;
    if (m_summarised)
        m_summaryBegin.record(m_queue.stream());
}

void StepRecorder::endSummary()
{
    if (m_summarised)
        m_summaryEnd.record(m_queue.stream());
}

// By kind, not by key: with continuous batching hardly a step has the key of the one before.
bool StepRecorder::isTimedByPhase(const StepKey &key) const
{
    return m_launchedSingly[kindOf(key)] % kTimedEvery == 0;
}

void StepRecorder::run(const StepKey &key, const std::function<void()> &step)
{
    m_last.reset();
    m_summarised = false;
    m_uploaded = std::exchange(m_uploading, false); // also where the step fails: they were for it
    m_phases.abandon();                             // of a step that failed
    const Recorded *known = recorded(key, step);
    DeviceStep done;
    if (known == nullptr && isTimedByPhase(key))
        done.phases.emplace();
    m_begin.record(m_queue.stream());
    if (known != nullptr) {
        check(cudaGraphLaunch(known->exec.get(), m_queue.stream()), "a recorded step");
        done.launches = known->launches;
        done.replayed = true;
    } else {
        if (done.phases)
            m_phases.begin(StepPhase::Embed);
        launchAll(step);
        m_phases.end();
        ++m_launchedSingly[kindOf(key)];
    }
    m_end.record(m_queue.stream());
    m_before = key;
    m_last = done;
}

std::optional<DeviceStep> StepRecorder::last()
{
    if (!m_last)
        return std::nullopt;
    m_end.wait();
    m_last->ns = m_begin.nsTo(m_end);
    if (m_last->phases) {
        m_last->phases = m_phases.read();
        if (m_uploaded)
            m_last->phases->uploadNs = m_uploadBegin.nsTo(m_begin);
        if (m_summarised) {
            m_summaryEnd.wait();
            m_last->phases->samplingNs = m_summaryBegin.nsTo(m_summaryEnd);
        }
    }
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

void StepRecorder::launchAll(const std::function<void()> &step)
{
    const OverlapScope scope(m_queue, m_overlaps);
    step();
}

StepRecorder::Graph StepRecorder::record(const std::function<void()> &step)
{
    check(cudaStreamBeginCapture(m_queue.stream(), cudaStreamCaptureModeThreadLocal),
          "recording a step");
    m_recording = true;
    cudaGraph_t graph = nullptr;
    try {
        launchAll(step);
    } catch (...) {
        m_recording = false;
        cudaStreamEndCapture(m_queue.stream(), &graph);
        if (graph != nullptr)
            cudaGraphDestroy(graph);
        throw;
    }
    m_recording = false;
    check(cudaStreamEndCapture(m_queue.stream(), &graph), "recording a step");
    return Graph(graph);
}

} // namespace inferlab::cuda
