// Device, memory and weights of the reference backend; the operators are in
// reference_operators.cpp.
#include "reference_backend.h"

#include "kernels/api/dequantize.h"
#include "kernels/host/host_info.h"
#include "kernels/host/host_memory.h"
#include "kernels/host/usable_cores.h"
#include "reference_operators.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace inferlab {

namespace {

// Elements dequantised between two calls of `progress`: some milliseconds.
constexpr int64_t kPieceElements = int64_t {4} << 20;

class ReferenceWeight final : public Weight
{
public:
    explicit ReferenceWeight(const HostTensor &tensor)
        : m_rows(tensor.rows)
        , m_cols(tensor.cols)
        , m_dtype(tensor.dtype)
        , m_values(
              allocateHostMemory(static_cast<size_t>(tensor.rows * tensor.cols) * sizeof(float)))
    { }

    // False when `progress` said not to go on.
    bool copy(const HostTensor &tensor, const WeightProgress &progress)
    {
        const size_t sourceBytes = rowBytes(tensor.dtype, tensor.cols);
        const auto *source = static_cast<const unsigned char *>(tensor.data);
        auto *values = static_cast<float *>(m_values->data());
        const int64_t piece = std::max<int64_t>(1, kPieceElements / m_cols);
        for (int64_t r = 0; r < m_rows; ++r) {
            dequantizeRow(m_dtype, source + static_cast<size_t>(r) * sourceBytes,
                          values + r * m_cols, m_cols);
            const bool pieceEnds = (r + 1) % piece == 0 || r + 1 == m_rows;
            if (pieceEnds && progress && !progress(static_cast<size_t>(r + 1) * sourceBytes))
                return false;
        }
        return true;
    }

    int64_t rows() const noexcept override { return m_rows; }
    int64_t cols() const noexcept override { return m_cols; }
    DType dtype() const noexcept override { return m_dtype; }
    size_t bytes() const noexcept override { return m_values->bytes(); }
    ConstMatrixView values() const noexcept
    {
        return {static_cast<const float *>(m_values->data()), m_rows, m_cols, m_cols};
    }

private:
    int64_t m_rows;
    int64_t m_cols;
    DType m_dtype;
    std::unique_ptr<Buffer> m_values; // takes its pages as they are written
};

ConstMatrixView valuesOf(const Weight &weight)
{
    assert(dynamic_cast<const ReferenceWeight *>(&weight) != nullptr && "a weight of this backend");
    return static_cast<const ReferenceWeight &>(weight).values();
}

class ReferenceBackend final : public Backend
{
public:
    explicit ReferenceBackend(int threads) { ReferenceBackend::setThreads(threads); }

    DeviceInfo device() const override
    {
        const HostMemoryInfo memory = hostMemoryInfo();
        DeviceInfo info;
        info.kind = "reference";
        info.name = cpuName() + ", plain loops";
        info.available = true;
        info.memoryBytes = memory.totalBytes;
        info.freeBytes = memory.freeBytes;
        info.hardwareThreads = usableCores();
        return info;
    }
    int threads() const noexcept override { return m_threads; }
    void setThreads(int threads) override { m_threads = std::max(1, threads); }

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
        const DTypeInfo &info = dtypeInfo(dtype);
        WeightSupport support;
        if (rows <= 0 || cols <= 0 || cols % info.blockElements != 0) {
            support.reason = "rows of " + std::to_string(cols)
                + " elements are not whole blocks of " + std::to_string(info.blockElements) + " ("
                + std::string(info.name) + ")";
            return support;
        }
        support.supported = true;
        support.bytes = static_cast<size_t>(rows * cols) * sizeof(float);
        support.reason = "the reference dequantises every weight to float32";
        return support;
    }
    std::unique_ptr<Weight> loadWeight(const HostTensor &tensor,
                                       const WeightProgress &progress) override
    {
        const WeightSupport support = supportsWeight(tensor.dtype, tensor.rows, tensor.cols);
        if (!support.supported)
            throw std::runtime_error(support.reason);
        auto weight = std::make_unique<ReferenceWeight>(tensor);
        return weight->copy(tensor, progress) ? std::move(weight) : nullptr;
    }

    size_t workspaceBytes(const StepLimits &limits) const override
    {
        return static_cast<size_t>(limits.contextTokens + limits.headDim) * sizeof(double);
    }
    void reserve(const StepLimits &limits) override
    {
        const size_t elements = workspaceBytes(limits) / sizeof(double);
        if (m_workspace.size() < elements)
            m_workspace.resize(elements);
    }

    void setStopCheck(StopCheck stop) noexcept override { m_stop = std::move(stop); }

    void embed(const Weight &table, std::span<const int32_t> ids, MatrixView out) override
    {
        assert(table.cols() == out.cols);
        reference::gatherRows(valuesOf(table), ids, out);
    }
    void rmsNorm(ConstMatrixView x, const float *gain, float epsilon, MatrixView out) override
    {
        reference::rmsNorm(x, gain, epsilon, out);
    }
    void matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x) override
    {
        for (const MatmulOutput &output : outputs)
            reference::matmul(valuesOf(*output.weight), output.bias, x, output.y, m_stop);
    }
    void rope(MatrixView x, int32_t headDim, int32_t ropeDim, ConstMatrixView cosSin,
              RopeLayout layout) override
    {
        reference::rope(x, headDim, ropeDim, cosSin, layout);
    }
    void writeKv(ConstMatrixView k, ConstMatrixView v, const KvLayerView &cache,
                 const RowPlacement &placement) override
    {
        reference::writeKv(k, v, cache, placement);
    }
    void attention(const AttentionArgs &args) override
    {
        reference::attention(args, m_workspace, m_stop);
    }
    void siluMultiply(ConstMatrixView gate, ConstMatrixView up, MatrixView out) override
    {
        reference::siluMultiply(gate, up, out);
    }
    void add(MatrixView x, ConstMatrixView y) override { reference::add(x, y); }
    void gatherRows(ConstMatrixView x, std::span<const int32_t> rows, MatrixView out) override
    {
        reference::gatherRows(x, rows, out);
    }

private:
    int m_threads = 1;
    std::vector<double> m_workspace; // of attention
    StopCheck m_stop;
};

} // namespace

std::unique_ptr<Backend> makeReferenceBackend(int threads)
{
    return std::make_unique<ReferenceBackend>(threads);
}

} // namespace inferlab
