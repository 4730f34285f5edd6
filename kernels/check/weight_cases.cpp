// Cases of operators that read weights.
#include "weight_parts.h"

#include "random_tensor.h"

#include <optional>

namespace inferlab {

double matmulTolerance(DType dtype)
{
    if (dtype == DType::F32)
        return 2e-5; // float32 sums of some thousand terms
    // Fast products with the other types may round activations, to 8 bits per block of 32 at the
    // coarsest: each product is then off by up to 1/254 of the block's largest activation, and the
    // errors add as the square root of their number, as the products do.
    return 3e-2;
}

std::unique_ptr<Weight> loadRandom(Backend &backend, DType dtype, int64_t rows, int64_t cols)
{
    const std::vector<unsigned char> bytes = randomWeight(dtype, rows, cols, 11);
    return backend.loadWeight({bytes.data(), dtype, rows, cols});
}

OperatorCase weightCase(std::string op, DType dtype, int64_t out, int64_t in)
{
    OperatorCase result;
    result.op = std::move(op);
    result.dtype = std::string(dtypeInfo(dtype).name);
    result.tolerance = matmulTolerance(dtype);
    result.unsupported = [=](Backend &backend) {
        const WeightSupport support = backend.supportsWeight(dtype, out, in);
        return support.supported ? std::string() : support.reason;
    };
    return result;
}

namespace {

size_t elements(int64_t rows, int64_t cols)
{
    return static_cast<size_t>(rows * cols);
}

class EmbedOperator final : public PreparedOperator
{
public:
    EmbedOperator(Backend &backend, DType dtype, int64_t vocabulary, int64_t rows, int64_t cols)
        : m_backend(&backend)
        , m_table(loadRandom(backend, dtype, vocabulary, cols))
        , m_out(backend, rows, cols)
        , m_ids(backend, static_cast<size_t>(rows) * sizeof(int32_t))
        , m_count(static_cast<size_t>(rows))
    {
        RandomBits random(12);
        std::vector<int32_t> ids;
        for (int64_t r = 0; r < rows; ++r)
            ids.push_back(static_cast<int32_t>(random.next() % static_cast<uint64_t>(vocabulary)));
        ids.front() = static_cast<int32_t>(vocabulary - 1);
        m_ids.upload(ids.data(), ids.size() * sizeof(int32_t));
    }
    void run() override
    {
        m_backend->embed(*m_table, {static_cast<const int32_t *>(m_ids.data()), m_count},
                         m_out.view());
    }
    std::vector<float> output() const override { return m_out.download(); }
    bool guardsIntact() const override { return m_out.intact(); }

private:
    Backend *m_backend;
    std::unique_ptr<Weight> m_table;
    GuardedMatrix m_out;
    GuardedMemory m_ids;
    size_t m_count;
};

class MatmulOperator final : public PreparedOperator
{
public:
    MatmulOperator(Backend &backend, DType dtype, int64_t rows, int64_t out, int64_t in, bool bias)
        : m_backend(&backend)
        , m_weight(loadRandom(backend, dtype, out, in))
        , m_x(backend, rows, in, randomFloats(elements(rows, in), 13))
        , m_y(backend, rows, out)
    {
        if (bias)
            m_bias.emplace(backend, 1, out, randomFloats(static_cast<size_t>(out), 14));
        StepLimits limits;
        limits.rows = rows;
        limits.cols = in;
        backend.reserve(limits);
    }
    void run() override
    {
        const MatmulOutput output {m_weight.get(), m_y.view(),
                                   m_bias ? m_bias->view().data : nullptr};
        m_backend->matmul({&output, 1}, m_x.view());
    }
    std::vector<float> output() const override { return m_y.download(); }
    bool guardsIntact() const override { return m_x.intact() && m_y.intact(); }

private:
    Backend *m_backend;
    std::unique_ptr<Weight> m_weight;
    GuardedMatrix m_x;
    GuardedMatrix m_y;
    std::optional<GuardedMatrix> m_bias;
};

} // namespace

OperatorCase embedCase(DType dtype, int64_t vocabulary, int64_t rows, int64_t cols)
{
    OperatorCase result = weightCase("embed", dtype, vocabulary, cols);
    result.shape =
        std::to_string(rows) + " x " + std::to_string(cols) + " of " + std::to_string(vocabulary);
    result.tolerance = 1e-6;
    result.bytes = static_cast<double>(rows)
        * (static_cast<double>(rowBytes(dtype, cols)) + static_cast<double>(cols) * sizeof(float));
    result.prepare = [=](Backend &backend) {
        return std::make_unique<EmbedOperator>(backend, dtype, vocabulary, rows, cols);
    };
    return result;
}

OperatorCase matmulCase(DType dtype, int64_t rows, int64_t out, int64_t in, bool bias)
{
    OperatorCase result = weightCase("matmul", dtype, out, in);
    result.shape = std::to_string(rows) + " x " + std::to_string(in) + " * " + std::to_string(out)
        + (bias ? " + bias" : "");
    result.flops =
        2.0 * static_cast<double>(rows) * static_cast<double>(out) * static_cast<double>(in);
    result.bytes = static_cast<double>(rowBytes(dtype, in)) * static_cast<double>(out)
        + static_cast<double>(rows * (in + out)) * sizeof(float);
    result.prepare = [=](Backend &backend) {
        return std::make_unique<MatmulOperator>(backend, dtype, rows, out, in, bias);
    };
    return result;
}

} // namespace inferlab
