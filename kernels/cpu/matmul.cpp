// Products with weights that were dequantised to float32: one dot product per output element,
// summed in eight interleaved partial sums.
#include "matmul.h"

#include "kernels/api/dequantize.h"

#include <cassert>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace inferlab {

namespace {

class FloatWeight final : public Weight
{
public:
    explicit FloatWeight(const HostTensor &tensor)
        : m_rows(tensor.rows)
        , m_cols(tensor.cols)
        , m_dtype(tensor.dtype)
        , m_values(static_cast<size_t>(tensor.rows * tensor.cols))
    {
        const size_t sourceBytes = rowBytes(tensor.dtype, tensor.cols);
        const auto *source = static_cast<const unsigned char *>(tensor.data);
        for (int64_t r = 0; r < m_rows; ++r) {
            dequantizeRow(m_dtype, source + static_cast<size_t>(r) * sourceBytes,
                          m_values.data() + r * m_cols, m_cols);
        }
    }

    int64_t rows() const noexcept override { return m_rows; }
    int64_t cols() const noexcept override { return m_cols; }
    DType dtype() const noexcept override { return m_dtype; }
    size_t bytes() const noexcept override { return m_values.size() * sizeof(float); }
    const float *row(int64_t r) const noexcept { return m_values.data() + r * m_cols; }

private:
    int64_t m_rows;
    int64_t m_cols;
    DType m_dtype;
    std::vector<float> m_values;
};

float dot(const float *a, const float *b, int64_t n)
{
    float sums[8] = {};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (int lane = 0; lane < 8; ++lane)
            sums[lane] += a[i + lane] * b[i + lane];
    }
    for (; i < n; ++i)
        sums[0] += a[i] * b[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3]))
        + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

} // namespace

MatmulEngine::MatmulEngine(Isa, ThreadPool &pool)
    : m_pool(&pool)
{ }

MatmulEngine::~MatmulEngine() = default;

void MatmulEngine::setPool(ThreadPool &pool) noexcept
{
    m_pool = &pool;
}

WeightSupport MatmulEngine::supports(DType dtype, int64_t rows, int64_t cols) const
{
    const DTypeInfo &info = dtypeInfo(dtype);
    WeightSupport support;
    if (rows <= 0 || cols <= 0 || cols % info.blockElements != 0) {
        support.reason = "rows of " + std::to_string(cols) + " elements are not whole blocks of "
            + std::to_string(info.blockElements) + " (" + std::string(info.name) + ")";
        return support;
    }
    support.supported = true;
    support.fast = dtype == DType::F32;
    support.bytes = static_cast<size_t>(rows * cols) * sizeof(float);
    if (!support.fast)
        support.reason = std::string(info.name) + " is dequantised to float32 when it is loaded";
    return support;
}

std::unique_ptr<Weight> MatmulEngine::load(const HostTensor &tensor)
{
    const WeightSupport support = supports(tensor.dtype, tensor.rows, tensor.cols);
    if (!support.supported)
        throw std::runtime_error(support.reason);
    return std::make_unique<FloatWeight>(tensor);
}

size_t MatmulEngine::workspaceBytes(const StepLimits &) const
{
    return 0;
}

void MatmulEngine::reserve(const StepLimits &) { }

void MatmulEngine::matmul(std::span<const MatmulOutput> outputs, ConstMatrixView x)
{
    m_pool->run([&](int worker, int workers) {
        for (const MatmulOutput &output : outputs) {
            const auto &weight = static_cast<const FloatWeight &>(*output.weight);
            assert(weight.cols() == x.cols && output.y.cols == weight.rows()
                   && output.y.rows == x.rows);
            const Range range = split(weight.rows(), worker, workers, 16);
            for (int64_t c = range.begin; c < range.end; ++c) {
                const float start = output.bias != nullptr ? output.bias[c] : 0.0f;
                for (int64_t r = 0; r < x.rows; ++r)
                    output.y.row(r)[c] = start + dot(x.row(r), weight.row(c), x.cols);
            }
        }
    });
}

void MatmulEngine::embed(const Weight &table, std::span<const int32_t> ids, MatrixView out)
{
    const auto &weight = static_cast<const FloatWeight &>(table);
    assert(weight.cols() == out.cols && static_cast<int64_t>(ids.size()) == out.rows);
    for (int64_t r = 0; r < out.rows; ++r) {
        assert(ids[static_cast<size_t>(r)] >= 0 && ids[static_cast<size_t>(r)] < weight.rows());
        std::memcpy(out.row(r), weight.row(ids[static_cast<size_t>(r)]),
                    static_cast<size_t>(out.cols) * sizeof(float));
    }
}

} // namespace inferlab
