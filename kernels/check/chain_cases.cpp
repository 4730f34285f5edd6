// Cases of products with what comes before and after them.
#include "random_tensor.h"
#include "weight_parts.h"

#include <algorithm>
#include <optional>

namespace inferlab {

namespace {

// Rows of the weights: none fills blocks or tiles.
constexpr int64_t kOutRows[] = {37, 5, 70, 33};

std::vector<float> randomMatrix(int64_t rows, int64_t cols, uint64_t seed, float scale = 1.0f)
{
    std::vector<float> values = randomFloats(static_cast<size_t>(rows * cols), seed);
    for (float &value : values)
        value *= scale;
    return values;
}

std::string typeNames(const std::vector<DType> &dtypes)
{
    std::string names;
    for (const DType dtype : dtypes)
        names += (names.empty() ? "" : "+") + std::string(dtypeInfo(dtype).name);
    return names;
}

// Several weights and the rows that they meet; every second has a bias.
class ProductsOperator final : public PreparedOperator
{
public:
    ProductsOperator(Backend &backend, const std::vector<DType> &dtypes, int64_t sourceRows,
                     int64_t in)
        : m_backend(&backend)
        , m_x(backend, sourceRows, in, randomMatrix(sourceRows, in, 31))
        , m_gain(backend, 1, in, randomMatrix(1, in, 32))
    {
        for (const DType dtype : dtypes)
            m_weights.push_back(
                loadRandom(backend, dtype, kOutRows[m_weights.size() % std::size(kOutRows)], in));
    }
    // normMatmul() of so many rows, all in order where `picks` does not say so.
    void normFirst(int64_t rows, bool picks)
    {
        m_scratch.emplace(*m_backend, rows, m_x.view().cols);
        if (!picks)
            return;
        std::vector<int32_t> numbers;
        for (int64_t r = 0; r < rows; ++r)
            numbers.push_back(static_cast<int32_t>((r * 7 + 2) % m_x.view().rows));
        m_rows.emplace(*m_backend, numbers.size() * sizeof(int32_t));
        m_rows->upload(numbers.data(), numbers.size() * sizeof(int32_t));
    }
    void makeOutputs()
    {
        const int64_t rows = m_scratch ? m_scratch->view().rows : m_x.view().rows;
        for (const std::unique_ptr<Weight> &weight : m_weights) {
            m_y.emplace_back(*m_backend, rows, weight->rows());
            m_biases.emplace_back(*m_backend, 1, weight->rows(),
                                  randomMatrix(1, weight->rows(), 33));
        }
        StepLimits limits;
        limits.rows = std::max(rows, m_x.view().rows);
        limits.cols = m_x.view().cols;
        m_backend->reserve(limits);
    }
    void run() override
    {
        std::vector<MatmulOutput> outputs;
        for (size_t i = 0; i < m_weights.size(); ++i)
            outputs.push_back({m_weights[i].get(), m_y[i].view(),
                               i % 2 == 1 ? m_biases[i].view().data : nullptr});
        if (!m_scratch) {
            m_backend->matmul(outputs, m_x.view());
            return;
        }
        NormArgs norm;
        norm.x = m_x.view();
        norm.gain = m_gain.view().data;
        norm.epsilon = 1e-5f;
        norm.scratch = m_scratch->view();
        if (m_rows)
            norm.rows = {static_cast<const int32_t *>(m_rows->data()),
                         static_cast<size_t>(norm.scratch.rows)};
        m_backend->normMatmul(outputs, norm);
    }
    std::vector<float> output() const override
    {
        std::vector<float> all;
        for (const GuardedMatrix &y : m_y) {
            const std::vector<float> values = y.download();
            all.insert(all.end(), values.begin(), values.end());
        }
        return all;
    }
    bool guardsIntact() const override
    {
        return m_x.intact() && (!m_scratch || m_scratch->intact())
            && std::all_of(m_y.begin(), m_y.end(),
                           [](const GuardedMatrix &y) { return y.intact(); });
    }

private:
    Backend *m_backend;
    GuardedMatrix m_x;
    GuardedMatrix m_gain;
    std::vector<std::unique_ptr<Weight>> m_weights;
    std::vector<GuardedMatrix> m_y;
    std::vector<GuardedMatrix> m_biases;
    std::optional<GuardedMatrix> m_scratch;
    std::optional<GuardedMemory> m_rows;
};

// A product that is added to what is there, of rows or of gated activations.
class AddedOperator final : public PreparedOperator
{
public:
    AddedOperator(Backend &backend, DType dtype, int64_t rows, int64_t out, int64_t in, float scale)
        : m_backend(&backend)
        , m_weight(loadRandom(backend, dtype, out, in))
        , m_x(backend, rows, in, randomMatrix(rows, in, 34, scale))
        , m_up(backend, rows, in, randomMatrix(rows, in, 35, scale))
        , m_sum(backend, rows, out, randomMatrix(rows, out, 36))
        , m_scratch(backend, rows, out)
    {
        StepLimits limits;
        limits.rows = rows;
        limits.cols = in;
        backend.reserve(limits);
    }
    void gates() { m_gates = true; }
    void run() override
    {
        if (m_gates)
            m_backend->siluMatmulAdd(*m_weight, m_x.view(), m_up.view(), m_sum.view(),
                                     m_scratch.view());
        else
            m_backend->matmulAdd(*m_weight, m_x.view(), m_sum.view(), m_scratch.view());
    }
    std::vector<float> output() const override { return m_sum.download(); }
    bool guardsIntact() const override
    {
        return m_x.intact() && m_up.intact() && m_sum.intact() && m_scratch.intact();
    }

private:
    Backend *m_backend;
    std::unique_ptr<Weight> m_weight;
    GuardedMatrix m_x;
    GuardedMatrix m_up;
    GuardedMatrix m_sum;
    GuardedMatrix m_scratch;
    bool m_gates = false;
};

// A norm times random gains: the largest of a block is 3 times its root mean square, not 1.7 times
// as of plain random numbers, and so is what rounding to 8 bits loses.
double gainedTolerance(DType dtype)
{
    return dtype == DType::F32 ? matmulTolerance(dtype) : 1.75 * matmulTolerance(dtype);
}

OperatorCase productsCase(std::string op, const std::vector<DType> &dtypes, int64_t rows,
                          int64_t in)
{
    OperatorCase result = weightCase(std::move(op), dtypes.front(), kOutRows[0], in);
    result.dtype = typeNames(dtypes);
    result.shape = std::to_string(rows) + " x " + std::to_string(in);
    for (const DType dtype : dtypes)
        result.tolerance = std::max(result.tolerance, gainedTolerance(dtype));
    for (size_t i = 0; i < dtypes.size(); ++i) {
        const auto out = static_cast<double>(kOutRows[i % std::size(kOutRows)]);
        result.flops += 2.0 * static_cast<double>(rows * in) * out;
        result.bytes += static_cast<double>(rowBytes(dtypes[i], in)) * out;
    }
    result.unsupported = [=](Backend &backend) {
        for (const DType dtype : dtypes) {
            const WeightSupport support = backend.supportsWeight(dtype, kOutRows[0], in);
            if (!support.supported)
                return support.reason;
        }
        return std::string();
    };
    return result;
}

OperatorCase addedCase(std::string op, DType dtype, int64_t rows, int64_t out, int64_t in,
                       bool gates, float scale)
{
    OperatorCase result = weightCase(std::move(op), dtype, out, in);
    result.shape = std::to_string(rows) + " x " + std::to_string(in) + " * " + std::to_string(out);
    if (scale != 1.0f)
        result.shape += ", values x " + std::to_string(static_cast<int>(scale));
    result.flops =
        2.0 * static_cast<double>(rows) * static_cast<double>(out) * static_cast<double>(in);
    result.bytes = static_cast<double>(rowBytes(dtype, in)) * static_cast<double>(out)
        + static_cast<double>(rows * (in * (gates ? 2 : 1) + 2 * out)) * sizeof(float);
    result.prepare = [=](Backend &backend) {
        auto prepared = std::make_unique<AddedOperator>(backend, dtype, rows, out, in, scale);
        if (gates)
            prepared->gates();
        return prepared;
    };
    return result;
}

} // namespace

OperatorCase matmulCase(const std::vector<DType> &dtypes, int64_t rows, int64_t in)
{
    OperatorCase result = productsCase("matmul", dtypes, rows, in);
    result.prepare = [=](Backend &backend) {
        auto prepared = std::make_unique<ProductsOperator>(backend, dtypes, rows, in);
        prepared->makeOutputs();
        return prepared;
    };
    return result;
}

OperatorCase normMatmulCase(const std::vector<DType> &dtypes, int64_t rows, int64_t in,
                            int64_t sourceRows)
{
    OperatorCase result = productsCase("normMatmul", dtypes, rows, in);
    if (sourceRows > 0)
        result.shape += " of " + std::to_string(sourceRows);
    result.prepare = [=](Backend &backend) {
        auto prepared = std::make_unique<ProductsOperator>(backend, dtypes,
                                                           sourceRows > 0 ? sourceRows : rows, in);
        prepared->normFirst(rows, sourceRows > 0);
        prepared->makeOutputs();
        return prepared;
    };
    return result;
}

OperatorCase matmulAddCase(DType dtype, int64_t rows, int64_t out, int64_t in)
{
    return addedCase("matmulAdd", dtype, rows, out, in, false, 1.0f);
}

OperatorCase siluMatmulAddCase(DType dtype, int64_t rows, int64_t out, int64_t in, float scale)
{
    return addedCase("siluMatmulAdd", dtype, rows, out, in, true, scale);
}

} // namespace inferlab
