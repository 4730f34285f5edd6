// Steps as CUDA graphs: a decode step that comes a second time is recorded, and launched as a whole
// from then on; and what each step took on the device's clock. One graph for each number of rows;
// when the same rows come with longer block tables, the step is recorded anew and the graph's
// pointers and sizes are updated in place.
#pragma once

#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace inferlab::cuda {

class StepRecorder
{
public:
    explicit StepRecorder(cudaStream_t stream);
    ~StepRecorder();
    StepRecorder(const StepRecorder &) = delete;
    StepRecorder &operator=(const StepRecorder &) = delete;

    bool enabled() const noexcept { return m_enabled; }
    void setEnabled(bool enabled) noexcept { m_enabled = enabled; }
    // Memory that recorded steps point to has moved, or kernels are chosen otherwise.
    void forget() noexcept;

    void run(const StepKey &key, const std::function<void()> &step);
    // While a step is recorded it is not executed: whoever is asked to stop must not.
    bool isRecording() const noexcept { return m_recording; }
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

    cudaStream_t m_stream;
    cudaEvent_t m_begin = nullptr;
    cudaEvent_t m_end = nullptr;
    bool m_enabled = true;
    bool m_recording = false;
    std::map<int32_t, Recorded> m_recorded; // by rows
    std::optional<StepKey> m_before;        // of the last step
    std::optional<DeviceStep> m_last;       // its ns not yet known
};

} // namespace inferlab::cuda
