// Infinity and NaN in weights and activations show in the results that depend on them, and in no
// other, whichever kernel multiplies: a broken file must not look like a model.
#include "kernels/api/devices.h"
#include "kernels/api/half.h"
#include "kernels/check/random_tensor.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace inferlab;

namespace {

constexpr int64_t kOut = 40;
constexpr int64_t kIn = 64;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

struct Problem
{
    DType dtype = DType::BF16;
    std::vector<unsigned char> weight;
    std::vector<float> x;
    int64_t tokens = 0;
};

Problem random(DType dtype, int64_t tokens)
{
    Problem problem;
    problem.dtype = dtype;
    problem.weight = randomWeight(dtype, kOut, kIn, 1);
    problem.x = randomFloats(static_cast<size_t>(tokens * kIn), 2);
    problem.tokens = tokens;
    return problem;
}

std::vector<float> multiply(const Problem &problem, bool batchInvariant)
{
    const std::unique_ptr<Backend> cuda = openBackend("cuda", 1);
    cuda->setBatchInvariant(batchInvariant);
    const std::unique_ptr<Weight> weight =
        cuda->loadWeight({problem.weight.data(), problem.dtype, kOut, kIn});
    StepLimits limits;
    limits.rows = problem.tokens;
    limits.cols = kIn;
    cuda->reserve(limits);
    const auto x = cuda->allocate(problem.x.size() * sizeof(float));
    cuda->upload(x->data(), problem.x.data(), x->bytes());
    const auto y = cuda->allocate(static_cast<size_t>(problem.tokens * kOut) * sizeof(float));
    const MatmulOutput output {weight.get(),
                               {static_cast<float *>(y->data()), problem.tokens, kOut, kOut}};
    cuda->matmul({&output, 1}, {static_cast<const float *>(x->data()), problem.tokens, kIn, kIn});
    std::vector<float> result(static_cast<size_t>(problem.tokens * kOut));
    cuda->download(result.data(), y->data(), y->bytes());
    return result;
}

// One kernel each: matrix-vector, tiles, cuBLAS; and tiles for all.
constexpr int64_t kTokens[] = {3, 20, 300};

} // namespace

TEST_CASE("weights that are not numbers make their own rows of the result none")
{
    for (const float value : {kInfinity, -kInfinity, kNaN}) {
        for (const int64_t tokens : kTokens) {
            for (const bool batchInvariant : {false, true}) {
                CAPTURE(value);
                CAPTURE(tokens);
                Problem problem = random(DType::BF16, tokens);
                auto *halves = reinterpret_cast<uint16_t *>(problem.weight.data());
                halves[7 * kIn + 33] = floatToBfloat16(value);
                const std::vector<float> y = multiply(problem, batchInvariant);
                for (int64_t t = 0; t < tokens; ++t) {
                    for (int64_t row = 0; row < kOut; ++row)
                        REQUIRE(std::isfinite(y[static_cast<size_t>(t * kOut + row)])
                                == (row != 7));
                }
            }
        }
    }
}

TEST_CASE("finite weights beyond binary16's range stay finite")
{
    for (const int64_t tokens : kTokens) {
        Problem problem = random(DType::BF16, tokens);
        auto *halves = reinterpret_cast<uint16_t *>(problem.weight.data());
        halves[0] = floatToBfloat16(3e5f);
        for (const float value : multiply(problem, false))
            REQUIRE(std::isfinite(value));
    }
}

TEST_CASE("activations that are not numbers make their own token's results none")
{
    for (const DType dtype : {DType::Q8_0, DType::Q4_1, DType::F16}) {
        for (const float value : {kInfinity, kNaN}) {
            for (const int64_t tokens : kTokens) {
                CAPTURE(dtypeInfo(dtype).name);
                CAPTURE(value);
                CAPTURE(tokens);
                Problem problem = random(dtype, tokens);
                problem.x[1 * kIn + 40] = value;
                const std::vector<float> y = multiply(problem, false);
                for (int64_t t = 0; t < tokens; ++t) {
                    for (int64_t row = 0; row < kOut; ++row)
                        REQUIRE(std::isfinite(y[static_cast<size_t>(t * kOut + row)]) == (t != 1));
                }
            }
        }
    }
}

TEST_CASE("keys and values that are not numbers stay none in a cache of Q8_0, on every device")
{
    constexpr int32_t kDim = 64;
    for (const char *kind : {"reference", "cpu", "cuda"}) {
        for (const float value : {kInfinity, kNaN}) {
            CAPTURE(kind);
            const std::unique_ptr<Backend> backend = openBackend(kind, 1);
            std::vector<float> keys(kDim, 0.5f);
            keys[40] = value;
            const auto k = backend->allocate(kDim * sizeof(float));
            backend->upload(k->data(), keys.data(), k->bytes());
            const size_t bytes = rowBytes(DType::Q8_0, kDim);
            const auto cached = backend->allocate(2 * bytes);
            const auto zeros = backend->allocate(3 * sizeof(int32_t));
            KvLayerView cache;
            cache.keys = cached->data();
            cache.values = static_cast<unsigned char *>(cached->data()) + bytes;
            cache.dtype = DType::Q8_0;
            cache.blocks = cache.blockTokens = cache.kvHeads = 1;
            cache.headDim = kDim;
            const auto *zero = static_cast<const int32_t *>(zeros->data());
            const ConstMatrixView row {static_cast<const float *>(k->data()), 1, kDim, kDim};
            backend->writeKv(row, row, cache, {zero, zero, zero, 1, 1, 1});
            std::vector<uint16_t> scales(cached->bytes() / sizeof(uint16_t));
            backend->download(scales.data(), cached->data(), cached->bytes());
            CHECK(halfToFloat(scales[0]) == doctest::Approx(0.5 / 127).epsilon(1e-3));
            CHECK_FALSE(std::isfinite(halfToFloat(scales[17]))); // the second block's
        }
    }
}
