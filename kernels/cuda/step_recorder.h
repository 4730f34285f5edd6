// Steps as CUDA graphs: a decode step that comes a second time is recorded, and launched as a whole
// from then on; and what each step took on the device's clock: each as a whole, and by its phases
// the first that decodes, the first that does not, and a few of those that follow, where they are
// launched kernel by kernel. One graph for each number of rows; when the same rows come with longer
// block tables, the step is recorded anew and the graph's pointers and sizes are updated in place.
#pragma once

#include "cuda_event.h"
#include "kernels/api/backend.h"
#include "launch_queue.h"
#include "phase_timer.h"

#include <cuda_runtime_api.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace inferlab::cuda {

class StepRecorder
{
public:
    // overlaps: a step's kernels with those before them.
    StepRecorder(LaunchQueue &queue, bool overlaps)
        : m_queue(queue)
        , m_overlaps(overlaps)
        , m_phases(queue)
    { }
    StepRecorder(const StepRecorder &) = delete;
    StepRecorder &operator=(const StepRecorder &) = delete;

    bool enabled() const noexcept { return m_enabled; }
    // Switched off, it keeps nothing that was recorded.
    void setEnabled(bool enabled) noexcept;
    // Memory that recorded steps point to has moved, or kernels are chosen otherwise.
    void forget() noexcept;

    void run(const StepKey &key, const std::function<void()> &step);
    // While a step is recorded it is not executed: whoever is asked to stop must not.
    bool isRecording() const noexcept { return m_recording; }
    // What is launched from now on, while a step is timed by phase.
    void enter(StepPhase phase) { m_phases.enter(phase); }
    // Round what comes before a step and after it; the summary counts where the step was timed by
    // phase.
    void beginUpload();
    void beginSummary();
    void endSummary();
    std::optional<DeviceStep> last();

private:
    struct DestroyExec
    {
        void operator()(cudaGraphExec_t exec) const noexcept { cudaGraphExecDestroy(exec); }
    };
    using Exec = std::unique_ptr<CUgraphExec_st, DestroyExec>;
    struct DestroyGraph
    {
        void operator()(cudaGraph_t graph) const noexcept { cudaGraphDestroy(graph); }
    };
    using Graph = std::unique_ptr<CUgraph_st, DestroyGraph>;
    struct Recorded
    {
        StepKey key;
        Exec exec;
        int32_t launches = 0;
    };

    const Recorded *recorded(const StepKey &key, const std::function<void()> &step);
    Graph record(const std::function<void()> &step);
    void launchAll(const std::function<void()> &step);
    bool isTimedByPhase(const StepKey &key) const;

    LaunchQueue &m_queue;
    bool m_overlaps;
    Event m_uploadBegin, m_begin, m_end, m_summaryBegin, m_summaryEnd;
    PhaseTimer m_phases;
    bool m_uploading = false; // inputs of the next step
    bool m_uploaded = false;  // of the last one, since m_uploadBegin
    bool m_summarised = false;
    std::array<int64_t, 2> m_launchedSingly {}; // steps that do not decode, and that do
    bool m_enabled = true;
    bool m_recording = false;
    std::map<int32_t, Recorded> m_recorded; // by rows
    std::optional<StepKey> m_before;        // of the last step
    std::optional<DeviceStep> m_last;       // its ns not yet known
};

} // namespace inferlab::cuda
