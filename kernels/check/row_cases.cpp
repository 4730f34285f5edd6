// Cases of operators that work on rows of activations alone.
#include "guarded_memory.h"
#include "operator_check.h"
#include "random_tensor.h"

#include <utility>

namespace inferlab {

namespace {

// float32 with sums of a few thousand terms in several partial sums.
constexpr double kSumTolerance = 5e-6;
// A handful of roundings, the largest output being some times the root mean square.
constexpr double kElementTolerance = 2e-6;

std::string shapeText(int64_t rows, int64_t cols)
{
    return std::to_string(rows) + " x " + std::to_string(cols);
}

size_t elements(int64_t rows, int64_t cols)
{
    return static_cast<size_t>(rows * cols);
}

// Two inputs and an output of one shape, and what is done with them.
class RowOperator final : public PreparedOperator
{
public:
    using Body = std::function<void(Backend &, const RowOperator &)>;

    RowOperator(Backend &backend, int64_t rows, int64_t cols, Body body)
        : a(backend, rows, cols, randomFloats(elements(rows, cols), 1))
        , b(backend, rows, cols, randomFloats(elements(rows, cols), 2))
        , out(backend, rows, cols)
        , gain(backend, 1, cols, randomFloats(static_cast<size_t>(cols), 3))
        , m_backend(&backend)
        , m_body(std::move(body))
        , m_result(&out)
    { }
    void resultIs(const GuardedMatrix &matrix) { m_result = &matrix; }
    void run() override { m_body(*m_backend, *this); }
    std::vector<float> output() const override { return m_result->download(); }
    bool guardsIntact() const override
    {
        return a.intact() && b.intact() && out.intact() && gain.intact();
    }

    GuardedMatrix a;
    GuardedMatrix b;
    GuardedMatrix out;
    GuardedMatrix gain;

private:
    Backend *m_backend;
    Body m_body;
    const GuardedMatrix *m_result;
};

OperatorCase rowCase(std::string op, int64_t rows, int64_t cols, double matricesMoved,
                     double flopsPerElement)
{
    const double count = static_cast<double>(rows) * static_cast<double>(cols);
    OperatorCase result;
    result.op = std::move(op);
    result.shape = shapeText(rows, cols);
    result.dtype = "F32";
    result.tolerance = kElementTolerance;
    result.bytes = matricesMoved * count * sizeof(float);
    result.flops = flopsPerElement * count;
    result.unsupported = [](Backend &) { return std::string(); };
    return result;
}

class GatherOperator final : public PreparedOperator
{
public:
    GatherOperator(Backend &backend, int64_t sourceRows, int64_t rows, int64_t cols)
        : m_backend(&backend)
        , m_source(backend, sourceRows, cols, randomFloats(elements(sourceRows, cols), 4))
        , m_out(backend, rows, cols)
        , m_rows(backend, static_cast<size_t>(rows) * sizeof(int32_t))
        , m_count(static_cast<size_t>(rows))
    {
        RandomBits random(5);
        std::vector<int32_t> numbers;
        for (int64_t r = 0; r < rows; ++r)
            numbers.push_back(
                static_cast<int32_t>(random.next() % static_cast<uint64_t>(sourceRows)));
        m_rows.upload(numbers.data(), numbers.size() * sizeof(int32_t));
    }
    void run() override
    {
        m_backend->gatherRows(m_source.view(),
                              {static_cast<const int32_t *>(m_rows.data()), m_count}, m_out.view());
    }
    std::vector<float> output() const override { return m_out.download(); }
    bool guardsIntact() const override { return m_source.intact() && m_out.intact(); }

private:
    Backend *m_backend;
    GuardedMatrix m_source;
    GuardedMatrix m_out;
    GuardedMemory m_rows;
    size_t m_count;
};

class RopeOperator final : public PreparedOperator
{
public:
    RopeOperator(Backend &backend, int64_t rows, int32_t heads, int32_t headDim, int32_t ropeDim,
                 RopeLayout layout)
        : m_backend(&backend)
        , m_x(backend, rows, int64_t {heads} * headDim,
              randomFloats(elements(rows, int64_t {heads} * headDim), 6))
        , m_cosSin(backend, rows, ropeDim, ropeAngles(rows, ropeDim))
        , m_headDim(headDim)
        , m_ropeDim(ropeDim)
        , m_layout(layout)
    { }
    void run() override
    {
        m_backend->rope(m_x.view(), m_headDim, m_ropeDim, m_cosSin.view(), m_layout);
    }
    std::vector<float> output() const override { return m_x.download(); }
    bool guardsIntact() const override { return m_x.intact() && m_cosSin.intact(); }

private:
    Backend *m_backend;
    GuardedMatrix m_x;
    GuardedMatrix m_cosSin;
    int32_t m_headDim;
    int32_t m_ropeDim;
    RopeLayout m_layout;
};

} // namespace

OperatorCase rmsNormCase(int64_t rows, int64_t cols)
{
    OperatorCase result = rowCase("rmsNorm", rows, cols, 2, 4);
    result.tolerance = kSumTolerance;
    result.prepare = [=](Backend &backend) {
        return std::make_unique<RowOperator>(
            backend, rows, cols, [](Backend &device, const RowOperator &m) {
                device.rmsNorm(m.a.view(), m.gain.view().data, 1e-5f, m.out.view());
            });
    };
    return result;
}

OperatorCase siluMultiplyCase(int64_t rows, int64_t cols)
{
    OperatorCase result = rowCase("siluMultiply", rows, cols, 3, 5);
    result.prepare = [=](Backend &backend) {
        return std::make_unique<RowOperator>(
            backend, rows, cols, [](Backend &device, const RowOperator &m) {
                device.siluMultiply(m.a.view(), m.b.view(), m.out.view());
            });
    };
    return result;
}

OperatorCase addCase(int64_t rows, int64_t cols)
{
    OperatorCase result = rowCase("add", rows, cols, 3, 1);
    result.prepare = [=](Backend &backend) {
        auto prepared = std::make_unique<RowOperator>(
            backend, rows, cols,
            [](Backend &device, const RowOperator &m) { device.add(m.a.view(), m.b.view()); });
        prepared->resultIs(prepared->a);
        return prepared;
    };
    return result;
}

OperatorCase gatherRowsCase(int64_t sourceRows, int64_t rows, int64_t cols)
{
    OperatorCase result = rowCase("gatherRows", rows, cols, 2, 0);
    result.shape += " of " + std::to_string(sourceRows);
    result.tolerance = 0.0;
    result.prepare = [=](Backend &backend) {
        return std::make_unique<GatherOperator>(backend, sourceRows, rows, cols);
    };
    return result;
}

OperatorCase ropeCase(int64_t rows, int32_t heads, int32_t headDim, int32_t ropeDim,
                      RopeLayout layout)
{
    OperatorCase result = rowCase("rope", rows, int64_t {heads} * headDim, 2, 3);
    result.shape += layout == RopeLayout::AdjacentPairs ? " adjacent " : " half split ";
    result.shape += std::to_string(ropeDim) + " of " + std::to_string(headDim);
    result.prepare = [=](Backend &backend) {
        return std::make_unique<RopeOperator>(backend, rows, heads, headDim, ropeDim, layout);
    };
    return result;
}

} // namespace inferlab
