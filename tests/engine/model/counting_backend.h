// A backend that counts what it is asked to do, and lets another one do it.
#pragma once

#include "kernels/api/backend.h"

#include <cassert>
#include <cstdint>
#include <memory>
#include <vector>

namespace inferlab::test {

class CountingBackend final : public Backend
{
public:
    explicit CountingBackend(std::unique_ptr<Backend> backend)
        : m_backend(std::move(backend))
    { }

    int64_t largeOperators = 0;     // products and attention
    int64_t smallOperators = 0;     // the others
    double productOperations = 0;   // 2 for each weight and row
    double attentionOperations = 0; // 2 for each product of a score or of a weighted sum
    double weightBytes = 0;         // of the matrices that were multiplied
    double writtenPositions = 0;    // rows that went into the cache
    double rowElements = 0;         // outputs of the other operators

    DeviceInfo device() const override { return m_backend->device(); }
    int threads() const noexcept override { return m_backend->threads(); }
    void setThreads(int threads) override { m_backend->setThreads(threads); }
    std::unique_ptr<Buffer> allocate(size_t bytes) override { return m_backend->allocate(bytes); }
    void upload(void *device, const void *host, size_t bytes) override
    {
        m_backend->upload(device, host, bytes);
    }
    void download(void *host, const void *device, size_t bytes) override
    {
        m_backend->download(host, device, bytes);
    }
    WeightSupport supportsWeight(DType dtype, int64_t rows, int64_t cols) const override
    {
        return m_backend->supportsWeight(dtype, rows, cols);
    }
    std::unique_ptr<Weight> loadWeight(const HostTensor &tensor,
                                       const WeightProgress &progress) override
    {
        return m_backend->loadWeight(tensor, progress);
    }
    CacheSupport supportsCache(DType cacheType, int32_t headDim) const override
    {
        return m_backend->supportsCache(cacheType, headDim);
    }
    size_t workspaceBytes(const StepLimits &limits) const override
    {
        return m_backend->workspaceBytes(limits);
    }
    void reserve(const StepLimits &limits) override { m_backend->reserve(limits); }
    void setStopCheck(StopCheck stop) noexcept override
    {
        m_backend->setStopCheck(std::move(stop));
    }

    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out) override
    {
        countSmall(out.rows * out.cols);
        m_backend->embed(table, ids, out);
    }
    void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out) override
    {
        countSmall(out.rows * out.cols);
        m_backend->rmsNorm(x, gain, epsilon, out);
    }
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x) override
    {
        ++largeOperators;
        for (const MatmulOutput &output : outputs) {
            weightBytes += static_cast<double>(output.weight->bytes());
            productOperations += 2.0 * static_cast<double>(x.rows)
                * static_cast<double>(output.weight->rows() * output.weight->cols());
        }
        m_backend->matmul(outputs, x);
    }
    void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
              RopeLayout layout) override
    {
        countSmall(x.rows * x.cols);
        m_backend->rope(x, headDim, ropeDim, cosSin, layout);
    }
    void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                 const RowPlacement &placement) override
    {
        writtenPositions += placement.rows;
        countSmall(k.rows * k.cols + v.rows * v.cols);
        m_backend->writeKv(k, v, cache, placement);
    }
    void attention(const AttentionArgs &args) override
    {
        ++largeOperators;
        // Where a device has them they cannot be counted from here.
        const int32_t readable = m_backend->hasHostMemory() ? args.placement.rows : 0;
        for (int32_t r = 0; r < readable; ++r) {
            const double seen = args.placement.position[r] + 1.0;
            attentionOperations += seen * args.heads * args.cache.headDim * 4.0;
        }
        m_backend->attention(args);
    }
    void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out) override
    {
        countSmall(out.rows * out.cols);
        m_backend->siluMultiply(gate, up, out);
    }
    void add(MatrixView x, ConstMatrixView y) override
    {
        countSmall(x.rows * x.cols);
        m_backend->add(x, y);
    }
    void summariseLogits(ConstMatrixView logits, std::span<const float> temperatures,
                         std::span<LogitSummary> out) override
    {
        m_backend->summariseLogits(logits, temperatures, out);
    }
    void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out) override
    {
        countSmall(out.rows * out.cols);
        m_backend->gatherRows(x, rows, out);
    }

private:
    void countSmall(int64_t elements)
    {
        ++smallOperators;
        rowElements += static_cast<double>(elements);
    }
    std::unique_ptr<Backend> m_backend;
};

} // namespace inferlab::test
