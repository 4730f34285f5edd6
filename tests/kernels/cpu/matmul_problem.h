// A product with random weights and activations, run by a MatmulEngine into guarded memory, and the
// same product in double precision.
#pragma once

#include "kernels/api/dequantize.h"
#include "kernels/check/random_tensor.h"
#include "kernels/cpu/matmul.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace inferlab {

inline constexpr std::array kQuantizedTypes {DType::Q4_0, DType::Q4_1, DType::Q5_0, DType::Q5_1,
                                             DType::Q8_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};
inline constexpr std::array kFloatTypes {DType::F32, DType::F16, DType::BF16};
inline constexpr std::array kFastTypes {DType::Q4_0, DType::Q4_1, DType::Q5_0, DType::Q5_1,
                                        DType::Q8_0, DType::Q4_K, DType::Q5_K, DType::Q6_K,
                                        DType::F32,  DType::F16,  DType::BF16};

// `cols`, or the next number that is whole blocks of the type.
inline int64_t wholeBlocks(DType dtype, int64_t cols)
{
    const int64_t block = dtypeInfo(dtype).blockElements;
    return (cols + block - 1) / block * block;
}

// out x cols weights as they are in a file.
struct TestWeight
{
    TestWeight(DType type, int64_t outs, int64_t columns, uint64_t seed = 1)
        : dtype(type)
        , rows(outs)
        , cols(columns)
        , bytes(randomWeight(type, outs, columns, seed))
    { }

    HostTensor tensor() const { return {bytes.data(), dtype, rows, cols}; }
    std::vector<float> row(int64_t r) const
    {
        std::vector<float> values(static_cast<size_t>(cols));
        const size_t size = rowBytes(dtype, cols);
        dequantizeRow(dtype, bytes.data() + static_cast<size_t>(r) * size, values.data(), cols);
        return values;
    }

    DType dtype;
    int64_t rows;
    int64_t cols;
    std::vector<unsigned char> bytes;
};

// Activations of an order of 1, blocks of very different sizes among them.
inline std::vector<float> testActivations(int64_t tokens, int64_t cols, uint64_t seed = 2)
{
    std::vector<float> x = randomFloats(static_cast<size_t>(tokens * cols), seed);
    for (size_t i = 0; i < x.size(); ++i)
        x[i] *= i / 32 % 5 == 3 ? 20.0f : 1.0f;
    return x;
}

inline ConstMatrixView viewOf(const std::vector<float> &x, int64_t tokens, int64_t cols)
{
    return {x.data(), tokens, cols, cols};
}

// Room for y with a guard before, behind and between the rows.
class GuardedOutput
{
public:
    GuardedOutput(int64_t tokens, int64_t outs)
        : m_tokens(tokens)
        , m_outs(outs)
        , m_values(static_cast<size_t>(kGuard + tokens * (outs + kGuard)), kMark)
    { }
    MatrixView view() { return {m_values.data() + kGuard, m_tokens, m_outs, m_outs + kGuard}; }
    float at(int64_t token, int64_t out) const
    {
        return m_values[static_cast<size_t>(kGuard + token * (m_outs + kGuard) + out)];
    }
    bool guardsIntact() const
    {
        for (size_t i = 0; i < m_values.size(); ++i) {
            const auto column = (static_cast<int64_t>(i) - kGuard) % (m_outs + kGuard);
            const bool guard = static_cast<int64_t>(i) < kGuard || column >= m_outs;
            if (guard && m_values[i] != kMark)
                return false;
        }
        return true;
    }
    bool sameBits(const GuardedOutput &other) const
    {
        return m_values.size() == other.m_values.size()
            && std::memcmp(m_values.data(), other.m_values.data(), m_values.size() * sizeof(float))
            == 0;
    }

private:
    static constexpr int64_t kGuard = 19;
    static constexpr float kMark = -12345.5f;

    int64_t m_tokens;
    int64_t m_outs;
    std::vector<float> m_values;
};

inline StepLimits limitsFor(int64_t tokens, int64_t cols)
{
    StepLimits limits;
    limits.rows = tokens;
    limits.cols = cols;
    return limits;
}

// y = x * weight^T (+ bias) by an engine of its own.
inline GuardedOutput multiply(Isa isa, int threads, const TestWeight &weight, ConstMatrixView x,
                              const float *bias = nullptr)
{
    ThreadPool pool(threads);
    MatmulEngine engine(isa, pool);
    engine.reserve(limitsFor(x.rows, x.cols));
    const std::unique_ptr<Weight> loaded = engine.load(weight.tensor());
    GuardedOutput y(x.rows, weight.rows);
    const MatmulOutput output {loaded.get(), y.view(), bias};
    engine.matmul({&output, 1}, x);
    return y;
}

// What int8 blocks of 32 make of a row, by the definition in panel_format.h.
inline std::vector<float> roundedToBlocks(const float *x, int64_t cols)
{
    std::vector<float> rounded(static_cast<size_t>(cols));
    for (int64_t block = 0; block < cols; block += 32) {
        float amax = 0.0f;
        for (int64_t i = block; i < block + 32; ++i)
            amax = std::max(amax, std::fabs(x[i]));
        const float scale = amax / 127.0f;
        const float inverse = 127.0f / amax;
        for (int64_t i = block; i < block + 32 && amax > 0.0f; ++i)
            rounded[static_cast<size_t>(i)] = scale * std::nearbyint(x[i] * inverse);
    }
    return rounded;
}

struct ExactProduct
{
    double value = 0.0;
    double magnitude = 0.0; // sum of the terms' magnitudes: what rounding errors are relative to
};

inline ExactProduct exactProduct(const std::vector<float> &w, const float *x)
{
    ExactProduct result;
    for (size_t i = 0; i < w.size(); ++i) {
        const double term = static_cast<double>(w[i]) * static_cast<double>(x[i]);
        result.value += term;
        result.magnitude += std::fabs(term);
    }
    return result;
}

} // namespace inferlab
