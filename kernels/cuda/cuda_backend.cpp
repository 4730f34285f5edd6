#include "cuda_backend.h"

#include "attention.h"
#include "cache_kernels.h"
#include "cuda_device.h"
#include "cuda_error.h"
#include "device_buffer.h"
#include "device_code.h"
#include "device_weight.h"
#include "embed.h"
#include "launch_overlap.h"
#include "launch_queue.h"
#include "logit_summary.h"
#include "matmul.h"
#include "row_kernels.h"
#include "staging.h"
#include "step_recorder.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <stdexcept>
#include <utility>

namespace inferlab::cuda {

namespace {

// Destroyed after all that works on it.
class Stream
{
public:
    Stream() { check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "starting"); }
    ~Stream() { cudaStreamDestroy(m_stream); }
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;
    cudaStream_t get() const noexcept { return m_stream; }

private:
    cudaStream_t m_stream = nullptr;
};

StepLimits largest(const StepLimits &a, const StepLimits &b)
{
    StepLimits limits;
    limits.rows = std::max(a.rows, b.rows);
    limits.cols = std::max(a.cols, b.cols);
    limits.contextTokens = std::max(a.contextTokens, b.contextTokens);
    limits.heads = std::max(a.heads, b.heads);
    limits.kvHeads = std::min(a.kvHeads, b.kvHeads); // the fewer, the more rows are split
    limits.headDim = std::max(a.headDim, b.headDim);
    limits.cacheType = b.cacheType; // takes the same workspace, whatever it is
    return limits;
}

// Of so many rows of logits, with their temperatures.
size_t summaryBytes(size_t rows)
{
    return rows * (sizeof(LogitSummary) + sizeof(float));
}

class CudaBackend final : public Backend
{
public:
    CudaBackend()
        : m_properties(deviceProperties())
        , m_staging(m_stream.get())
        , m_matmul(m_queue)
        , m_overlap(findLaunchOverlap(m_properties.major, m_stream.get()))
        , m_steps(m_queue, m_overlap.works)
    { }

    DeviceInfo device() const override
    {
        DeviceInfo info;
        info.kind = "cuda";
        info.name = m_properties.name;
        info.available = true;
        info.memoryBytes = m_properties.memoryBytes;
        info.busId = m_properties.busId;
        info.note = libraryNote(m_matmul.libraryReason());
        if (!m_overlap.note.empty())
            info.note += (info.note.empty() ? "" : "; ") + m_overlap.note;
        size_t freeBytes = 0;
        size_t totalBytes = 0;
        if (cudaMemGetInfo(&freeBytes, &totalBytes) == cudaSuccess)
            info.freeBytes = freeBytes;
        return info;
    }
    // The device's own do not count: one thread of the host gives it work.
    int threads() const noexcept override { return 1; }
    void setThreads(int) override { }
    bool hasHostMemory() const noexcept override { return false; }
    bool batchInvariant() const noexcept override { return m_matmul.batchInvariant(); }
    void setBatchInvariant(bool invariant) override
    {
        if (invariant != batchInvariant())
            m_steps.forget();
        m_matmul.setBatchInvariant(invariant);
    }
    bool recordsSteps() const noexcept override { return m_steps.enabled(); }
    void setRecordsSteps(bool records) override { m_steps.setEnabled(records); }

    std::unique_ptr<Buffer> allocate(size_t bytes) override
    {
        auto buffer = std::make_unique<DeviceBuffer>(bytes);
        check(cudaMemsetAsync(buffer->data(), 0, bytes, m_stream.get()), "clearing memory");
        return buffer;
    }
    void upload(void *device, const void *host, size_t bytes) override
    {
        m_steps.beginUpload();
        m_staging.upload(device, host, bytes);
    }
    void download(void *host, const void *device, size_t bytes) override
    {
        m_staging.download(host, device, bytes);
    }

    WeightSupport supportsWeight(DType dtype, int64_t rows, int64_t cols) const override
    {
        return weightSupport(dtype, rows, cols);
    }
    std::unique_ptr<Weight> loadWeight(const HostTensor &tensor,
                                       const WeightProgress &progress) override
    {
        const WeightSupport support = weightSupport(tensor.dtype, tensor.rows, tensor.cols);
        if (!support.supported)
            throw std::runtime_error(support.reason);
        auto weight = std::make_unique<DeviceWeight>(tensor.dtype, storedType(tensor.dtype),
                                                     tensor.rows, tensor.cols);
        return weight->copy(tensor, m_staging, progress) ? std::move(weight) : nullptr;
    }

    CacheSupport supportsCache(DType cacheType, int32_t headDim) const override
    {
        CacheSupport support;
        support.reason = headDimRefusal(headDim, m_properties.sharedBytes);
        if (support.reason.empty())
            return Backend::supportsCache(cacheType, headDim);
        return support;
    }

    size_t workspaceBytes(const StepLimits &limits) const override
    {
        return m_matmul.workspaceBytes(limits)
            + attentionWorkspaceBytes(limits, m_properties.multiprocessors)
            + summaryBytes(static_cast<size_t>(limits.rows));
    }
    void reserve(const StepLimits &limits) override
    {
        const StepLimits grown = m_limits ? largest(*m_limits, limits) : limits;
        m_steps.forget();
        m_matmul.reserve(grown);
        grow(m_partials, attentionWorkspaceBytes(grown, m_properties.multiprocessors));
        grow(m_summaries, summaryBytes(static_cast<size_t>(grown.rows)));
        m_limits = grown;
    }

    void setStopCheck(StopCheck stop) noexcept override { m_stop = std::move(stop); }

    void runStep(const StepKey &key, const std::function<void()> &step) override
    {
        m_steps.run(key, step);
    }
    std::optional<DeviceStep> lastStep() override { return m_steps.last(); }

    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out) override
    {
        assert(table.cols() == out.cols && static_cast<int64_t>(ids.size()) == out.rows);
        assert(dynamic_cast<const DeviceWeight *>(&table) != nullptr && "a weight of this backend");
        const auto &weight = static_cast<const DeviceWeight &>(table);
        cuda::embed(m_queue, weight.stored(), weight.planes(), ids.data(), out);
    }
    void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out) override
    {
        assert(x.rows == out.rows && x.cols == out.cols);
        m_steps.enter(StepPhase::Products);
        cuda::rmsNorm(m_queue, x, gain, epsilon, out);
    }
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x) override
    {
        assert(m_limits && x.rows <= m_limits->rows && x.cols <= m_limits->cols);
        m_steps.enter(StepPhase::Products);
        m_matmul.run(outputs, x, m_steps.isRecording() ? StopCheck() : m_stop);
    }
    void normMatmul(std::span<const MatmulOutput> outputs, const NormArgs &norm) override
    {
        assert(m_limits && rowsOf(norm) <= m_limits->rows && norm.x.cols <= m_limits->cols);
        // Rows are picked where their logits are wanted.
        m_steps.enter(norm.rows.empty() ? StepPhase::Products : StepPhase::Logits);
        m_matmul.run(outputs, norm, m_steps.isRecording() ? StopCheck() : m_stop);
    }
    void matmulAdd(const Weight &weight, ConstMatrixView x, MatrixView sum,
                   MatrixView scratch) override
    {
        addProduct(weight, x, sum, scratch);
    }
    void siluMatmulAdd(const Weight &weight, MatrixView gate, ConstMatrixView up, MatrixView sum,
                       MatrixView scratch) override
    {
        assert(gate.rows == up.rows && gate.cols == up.cols);
        addProduct(weight, GatedActivations {gate, up}, sum, scratch);
    }
    void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
              RopeLayout layout) override
    {
        assert(x.cols % headDim == 0 && ropeDim % 2 == 0 && ropeDim <= headDim);
        assert(cosSin.rows == x.rows && cosSin.cols == ropeDim);
        cuda::rope(m_queue, x, headDim, ropeDim, cosSin, layout);
    }
    void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                 const RowPlacement &placement) override
    {
        assert(supportsCache(cache.dtype, cache.headDim).supported);
        assert(k.rows == placement.rows && k.cols == int64_t {cache.kvHeads} * cache.headDim);
        assert(v.rows == k.rows && v.cols == k.cols);
        cuda::writeKv(m_queue, k, v, cache, placement);
    }
    void ropeAndStore(const RopeStoreArgs &args) override
    {
        assert(supportsCache(args.cache.dtype, args.cache.headDim).supported);
        assert(args.q.rows == args.placement.rows && args.k.rows == args.placement.rows);
        assert(args.q.cols % args.cache.headDim == 0 && args.cosSin.cols % 2 == 0);
        assert(args.k.cols == int64_t {args.cache.kvHeads} * args.cache.headDim);
        assert(args.v.rows == args.k.rows && args.v.cols == args.k.cols);
        assert(args.cosSin.rows == args.q.rows && args.cosSin.cols <= args.cache.headDim);
        cuda::ropeAndStore(m_queue, args);
    }
    void attention(const AttentionArgs &args) override
    {
        if (!isStopped())
            runAttention(args, attentionOptions());
    }
    void attentionMatmulAdd(const AttentionArgs &args, const Weight &weight, MatrixView sum,
                            MatrixView scratch) override
    {
        if (isStopped())
            return;
        AttentionOptions options = attentionOptions();
        if (quantizesOutput(args, options))
            options.quantized =
                m_matmul.quantizedInput(weight, args.q.rows).value_or(Int8Activations());
        runAttention(args, options);
        m_steps.enter(StepPhase::Products);
        if (options.quantized.codes != nullptr)
            m_matmul.addQuantized(weight, options.quantized, sum);
        else
            addProduct(weight, args.out, sum, scratch);
    }
    void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out) override
    {
        assert(gate.rows == out.rows && gate.cols == out.cols);
        assert(up.rows == out.rows && up.cols == out.cols);
        cuda::siluMultiply(m_queue, gate, up, out);
    }
    void add(MatrixView x, ConstMatrixView y) override
    {
        assert(x.rows == y.rows && x.cols == y.cols);
        cuda::add(m_queue, x, y);
    }
    void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out) override
    {
        assert(static_cast<int64_t>(rows.size()) == out.rows && x.cols == out.cols);
        m_steps.enter(StepPhase::Logits); // of the rows whose logits are wanted
        cuda::gatherRows(m_queue, x, rows.data(), out);
    }

    void summariseLogits(ConstMatrixView logits, std::span<const float> temperatures,
                         std::span<LogitSummary> out) override
    {
        assert(logits.rows == static_cast<int64_t>(temperatures.size()));
        assert(out.size() == temperatures.size());
        grow(m_summaries, summaryBytes(out.size()));
        auto *summaries = static_cast<LogitSummary *>(m_summaries->data());
        auto *device = reinterpret_cast<float *>(summaries + out.size());
        m_steps.beginSummary();
        m_staging.upload(device, temperatures.data(), temperatures.size_bytes());
        cuda::summariseLogits(m_queue, logits, device, summaries);
        m_steps.endSummary();
        m_staging.download(out.data(), summaries, out.size_bytes());
    }

private:
    // A step that is recorded is not executed: nobody must be asked.
    bool isStopped() const { return !m_steps.isRecording() && m_stop && m_stop(); }

    AttentionOptions attentionOptions() const
    {
        AttentionOptions options;
        options.multiprocessors = m_properties.multiprocessors;
        options.tensorCores = !batchInvariant();
        return options;
    }
    void runAttention(const AttentionArgs &args, const AttentionOptions &options)
    {
        m_steps.enter(StepPhase::Attention);
        assert(args.heads % args.cache.kvHeads == 0);
        assert(args.q.rows == args.placement.rows && args.out.rows == args.q.rows);
        cuda::attention(m_queue, args, options,
                        static_cast<float *>(m_partials ? m_partials->data() : nullptr),
                        m_partials ? m_partials->bytes() : 0);
    }
    void addProduct(const Weight &weight, const ActivationSource &source, MatrixView sum,
                    MatrixView scratch)
    {
        assert(m_limits && rowsOf(source) <= m_limits->rows && colsOf(source) <= m_limits->cols);
        m_steps.enter(StepPhase::Products);
        if (!isStopped())
            m_matmul.add(weight, source, sum, scratch);
    }
    static void grow(std::unique_ptr<DeviceBuffer> &buffer, size_t bytes)
    {
        if (buffer && buffer->bytes() >= bytes)
            return;
        buffer.reset(); // both at once might not fit
        buffer = std::make_unique<DeviceBuffer>(bytes);
    }

    DeviceProperties m_properties;
    Stream m_stream;
    LaunchQueue m_queue {m_stream.get()};
    Staging m_staging;
    Matmul m_matmul;
    LaunchOverlap m_overlap;
    StepRecorder m_steps;
    std::unique_ptr<DeviceBuffer> m_partials;  // of attention
    std::unique_ptr<DeviceBuffer> m_summaries; // of logits, and their temperatures
    std::optional<StepLimits> m_limits;        // of all reserve() so far
    StopCheck m_stop;
};

} // namespace

std::unique_ptr<Backend> makeCudaBackend()
{
    const DeviceInfo info = findDevice();
    if (!info.available)
        throw std::runtime_error(info.reason);
    const cudaError_t code = findDeviceCode();
    if (lacksCode(code))
        throw std::runtime_error(noCodeReason(info.name, code));
    check(code, "starting"); // out of memory, or a device that was lost before
    return std::make_unique<CudaBackend>();
}

} // namespace inferlab::cuda
