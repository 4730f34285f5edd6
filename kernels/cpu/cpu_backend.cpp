// Memory, threads and the operators on rows; products are in matmul.h, attention is in attention.h.
#include "cpu_backend.h"

#include "attention.h"
#include "kernels/api/cache_support.h"
#include "kernels/api/quantize_q8_0.h"
#include "kernels/host/host_info.h"
#include "kernels/host/host_memory.h"
#include "kernels/host/usable_cores.h"
#include "matmul.h"
#include "rope_rows.h"
#include "thread_pool.h"
#include "vector_kernels.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace inferlab {

namespace {

// An operator on fewer elements runs on the caller alone: it takes some 2 microseconds, as much as
// handing work to other threads and waiting for them.
constexpr int64_t kElementsForThreads = 16384;

class CpuBackend final : public Backend
{
public:
    CpuBackend(int threads, Isa isa)
        : m_isa(isa)
        , m_kernels(vectorKernels(isa))
        , m_pool(std::make_unique<ThreadPool>(threads))
        , m_attention(m_kernels)
        , m_matmul(isa, *m_pool)
    { }

    DeviceInfo device() const override
    {
        const HostMemoryInfo memory = hostMemoryInfo();
        DeviceInfo info;
        info.kind = "cpu";
        info.name = cpuName() + ", " + std::string(isaTitle(m_isa));
        info.available = true;
        info.memoryBytes = memory.totalBytes;
        info.freeBytes = memory.freeBytes;
        info.hardwareThreads = usableCores();
        return info;
    }
    int threads() const noexcept override { return m_pool->threads(); }
    void setThreads(int threads) override
    {
        if (std::max(1, threads) == m_pool->threads())
            return;
        auto pool = std::make_unique<ThreadPool>(threads);
        if (m_limits)
            m_attention.reserve(*m_limits, pool->threads());
        m_matmul.setPool(*pool);
        m_pool = std::move(pool);
        if (m_limits)
            m_matmul.reserve(*m_limits);
    }

    std::unique_ptr<Buffer> allocate(size_t bytes) override { return allocateHostMemory(bytes); }
    void upload(void *device, const void *host, size_t bytes) override
    {
        if (bytes > 0)
            std::memcpy(device, host, bytes);
    }
    void download(void *host, const void *device, size_t bytes) override
    {
        if (bytes > 0)
            std::memcpy(host, device, bytes);
    }

    WeightSupport supportsWeight(DType dtype, int64_t rows, int64_t cols) const override
    {
        return m_matmul.supports(dtype, rows, cols);
    }
    std::unique_ptr<Weight> loadWeight(const HostTensor &tensor,
                                       const WeightProgress &progress) override
    {
        return m_matmul.load(tensor, progress);
    }

    size_t workspaceBytes(const StepLimits &limits) const override
    {
        return m_attention.workspaceBytes(limits, m_pool->threads())
            + m_matmul.workspaceBytes(limits);
    }
    void reserve(const StepLimits &limits) override
    {
        StepLimits grown = limits;
        if (m_limits) {
            grown.rows = std::max(grown.rows, m_limits->rows);
            grown.cols = std::max(grown.cols, m_limits->cols);
            grown.contextTokens = std::max(grown.contextTokens, m_limits->contextTokens);
            grown.heads = std::max(grown.heads, m_limits->heads);
            grown.headDim = std::max(grown.headDim, m_limits->headDim);
            if (m_limits->cacheType == DType::Q8_0) // needs most
                grown.cacheType = DType::Q8_0;
        }
        m_attention.reserve(grown, m_pool->threads());
        m_matmul.reserve(grown);
        m_limits = grown;
    }

    void setStopCheck(StopCheck stop) noexcept override { m_stop = std::move(stop); }

    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out) override
    {
        m_matmul.embed(table, ids, out);
    }
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x) override
    {
        m_matmul.matmul(outputs, x, m_stop);
    }
    void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out) override
    {
        assert(x.rows == out.rows && x.cols == out.cols);
        forEachRow(x.rows, x.cols, [&](int64_t r) {
            m_kernels.rmsNormRow(x.row(r), gain, epsilon, out.row(r), x.cols);
        });
    }
    void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
              RopeLayout layout) override
    {
        assert(x.cols % headDim == 0 && ropeDim % 2 == 0 && ropeDim <= headDim);
        assert(cosSin.rows == x.rows && cosSin.cols == ropeDim);
        forEachRow(x.rows, x.cols, [&](int64_t r) {
            ropeRow(x.row(r), x.cols, headDim, ropeDim, cosSin.row(r), layout);
        });
    }
    void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                 const RowPlacement &placement) override;
    void attention(const AttentionArgs &args) override { m_attention.run(args, *m_pool, m_stop); }
    void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out) override
    {
        assert(gate.rows == out.rows && gate.cols == out.cols);
        assert(up.rows == out.rows && up.cols == out.cols);
        forEachRow(out.rows, out.cols, [&](int64_t r) {
            m_kernels.siluMultiplyRow(gate.row(r), up.row(r), out.row(r), out.cols);
        });
    }
    void add(MatrixView x, ConstMatrixView y) override
    {
        assert(x.rows == y.rows && x.cols == y.cols);
        forEachRow(x.rows, x.cols,
                   [&](int64_t r) { m_kernels.addRow(x.row(r), y.row(r), x.cols); });
    }
    void summariseLogits(ConstMatrixView logits, std::span<const float> temperatures,
                         std::span<LogitSummary> out) override
    {
        assert(logits.rows == static_cast<int64_t>(out.size()));
        assert(out.size() == temperatures.size());
        forEachRow(logits.rows, logits.cols, [&](int64_t r) {
            const auto at = static_cast<size_t>(r);
            out[at] = summariseRow(logits.rowSpan(r), temperatures[at]);
        });
    }
    void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out) override
    {
        assert(static_cast<int64_t>(rows.size()) == out.rows && x.cols == out.cols);
        for (int64_t r = 0; r < out.rows; ++r) {
            const int32_t source = rows[static_cast<size_t>(r)];
            assert(source >= 0 && source < x.rows);
            std::memcpy(out.row(r), x.row(source), static_cast<size_t>(x.cols) * sizeof(float));
        }
    }

private:
    template <typename Body>
    void forEachRow(int64_t rows, int64_t cols, const Body &body)
    {
        if (rows == 1 || rows * cols < kElementsForThreads) {
            for (int64_t r = 0; r < rows; ++r)
                body(r);
            return;
        }
        m_pool->run([&](int worker, int workers) {
            const Range range = split(rows, worker, workers, 1);
            for (int64_t r = range.begin; r < range.end; ++r)
                body(r);
        });
    }
    // One head of one token into the cache.
    void storeHead(void *cache, DType dtype, int64_t element, const float *source, int64_t n) const
    {
        if (dtype == DType::F16)
            m_kernels.halvesFromFloats(source, static_cast<uint16_t *>(cache) + element, n);
        else if (dtype == DType::Q8_0)
            quantizeQ8_0(source, n, static_cast<unsigned char *>(cache) + rowBytes(dtype, element));
        else
            std::memcpy(static_cast<float *>(cache) + element, source,
                        static_cast<size_t>(n) * sizeof(float));
    }

    Isa m_isa;
    const VectorKernels &m_kernels;
    std::unique_ptr<ThreadPool> m_pool;
    CpuAttention m_attention;
    MatmulEngine m_matmul;
    std::optional<StepLimits> m_limits; // of the last reserve()
    StopCheck m_stop;
};

void CpuBackend::writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                         const RowPlacement &placement)
{
    assert(cacheSupport(cache.dtype, cache.headDim).supported);
    assert(k.rows == placement.rows && k.cols == int64_t {cache.kvHeads} * cache.headDim);
    assert(v.rows == k.rows && v.cols == k.cols);
    forEachRow(k.rows, k.cols, [&](int64_t r) {
        const int32_t position = placement.position[r];
        const int32_t *table =
            placement.blockTables + int64_t {placement.sequence[r]} * placement.maxBlocks;
        const int64_t block = table[position / cache.blockTokens];
        assert(block >= 0 && block < cache.blocks);
        for (int32_t head = 0; head < cache.kvHeads; ++head) {
            const int64_t slot =
                (block * cache.kvHeads + head) * cache.blockTokens + position % cache.blockTokens;
            const int64_t column = int64_t {head} * cache.headDim;
            storeHead(cache.keys, cache.dtype, slot * cache.headDim, k.row(r) + column,
                      cache.headDim);
            storeHead(cache.values, cache.dtype, slot * cache.headDim, v.row(r) + column,
                      cache.headDim);
        }
    });
}

} // namespace

std::unique_ptr<Backend> makeCpuBackend(int threads, Isa isa)
{
    if (isa > detectIsa()) {
        throw std::runtime_error("this machine does not run " + std::string(isaTitle(isa))
                                 + "; it runs " + std::string(isaTitle(detectIsa())));
    }
    return std::make_unique<CpuBackend>(threads, isa);
}

} // namespace inferlab
