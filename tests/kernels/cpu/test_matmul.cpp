// Products of the CPU backend against double precision, for every type and instruction set, with
// shapes around the edges of panels, tiles and what is multiplied at once.
#include "matmul_problem.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <utility>

using namespace inferlab;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool isQuantizedType(DType dtype)
{
    return std::find(kQuantizedTypes.begin(), kQuantizedTypes.end(), dtype)
        != kQuantizedTypes.end();
}

bool hasMinimum(DType dtype)
{
    return dtype == DType::Q4_1 || dtype == DType::Q5_1 || dtype == DType::Q4_K
        || dtype == DType::Q5_K;
}

// The bytes of a block that hold codes and not scales.
std::pair<size_t, size_t> codeBytes(DType dtype)
{
    const size_t bytes = dtypeInfo(dtype).blockBytes;
    switch (dtype) {
    case DType::Q6_K:
        return {0, 192};
    case DType::Q4_K:
    case DType::Q5_K:
        return {16, bytes};
    default:
        return {hasMinimum(dtype) ? 4 : 2, bytes};
    }
}

// Compares y with the product in double precision, of activations as the kernels see them.
void checkProduct(const TestWeight &weight, const std::vector<float> &x, int64_t tokens,
                  const GuardedOutput &y, const float *bias)
{
    const bool quantized = isQuantizedType(weight.dtype);
    CAPTURE(dtypeInfo(weight.dtype).name);
    CAPTURE(weight.rows);
    CAPTURE(weight.cols);
    CAPTURE(tokens);
    double worst = 0.0;
    for (int64_t t = 0; t < tokens; ++t) {
        const float *row = x.data() + t * weight.cols;
        const std::vector<float> rounded = quantized ? roundedToBlocks(row, weight.cols)
                                                     : std::vector<float>(row, row + weight.cols);
        for (int64_t o = 0; o < weight.rows; ++o) {
            const ExactProduct exact = exactProduct(weight.row(o), rounded.data());
            const double start = bias != nullptr ? static_cast<double>(bias[o]) : 0.0;
            const double error = std::fabs(static_cast<double>(y.at(t, o)) - exact.value - start);
            worst = std::max(worst, error / (exact.magnitude + std::fabs(start) + 1e-30));
        }
    }
    // Float32 sums of up to 1,536 terms; minima make terms larger than their sum.
    CHECK(worst < (hasMinimum(weight.dtype) ? 1e-5 : 4e-6));
    CHECK(y.guardsIntact());
}

// fewestCols: taken up to whole blocks of the type.
void checkShape(Isa isa, int threads, DType dtype, int64_t tokens, int64_t outs, int64_t fewestCols,
                bool withBias)
{
    const int64_t cols = wholeBlocks(dtype, fewestCols);
    const TestWeight weight(dtype, outs, cols);
    const std::vector<float> x = testActivations(tokens, cols);
    const std::vector<float> bias = randomFloats(static_cast<size_t>(outs), 3);
    const float *start = withBias ? bias.data() : nullptr;
    checkProduct(weight, x, tokens, multiply(isa, threads, weight, viewOf(x, tokens, cols), start),
                 start);
}

} // namespace

TEST_CASE("fast types agree with double precision at the edges of panels and tiles")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFastTypes) {
            for (int64_t outs : {1, 15, 16, 17, 33, 64, 81, 113}) {
                for (int64_t tokens : {1, 2, 3, 4, 5, 7, 8, 9, 13, 17})
                    checkShape(isa, 1, dtype, tokens, outs, 96, outs % 2 == 0);
            }
        }
    }
}

TEST_CASE("fast types agree with double precision on several threads")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFastTypes) {
            checkShape(isa, 2, dtype, 1, 576, 576, true);
            checkShape(isa, 3, dtype, 21, 193, 1536, false);
            checkShape(isa, 5, dtype, 1, 17, 32, false);
        }
    }
}

TEST_CASE("more tokens than are multiplied at once")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : {DType::Q4_1, DType::F32})
            checkShape(isa, 2, dtype, 531, 24, 1536, true);
    }
}

TEST_CASE("floating-point weights may have any number of columns")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFloatTypes) {
            for (int64_t cols : {1, 2, 3, 5, 31, 33, 100}) {
                checkShape(isa, 2, dtype, 1, 18, cols, false);
                checkShape(isa, 2, dtype, 9, 18, cols, true);
            }
        }
    }
}

TEST_CASE("rounding activations to int8 blocks costs little")
{
    constexpr int64_t kCols = 768;
    constexpr int64_t kOuts = 200;
    const std::vector<float> x = randomFloats(kCols, 5);
    for (DType dtype : kQuantizedTypes) {
        CAPTURE(dtypeInfo(dtype).name);
        const TestWeight weight(dtype, kOuts, kCols);
        const GuardedOutput y = multiply(detectIsa(), 1, weight, viewOf(x, 1, kCols));
        double errors = 0.0;
        double values = 0.0;
        for (int64_t o = 0; o < kOuts; ++o) {
            const double exact = exactProduct(weight.row(o), x.data()).value;
            const double error = static_cast<double>(y.at(0, o)) - exact;
            errors += error * error;
            values += exact * exact;
        }
        CHECK(std::sqrt(errors / values) < 0.01);
        CHECK(errors > 0.0);
    }
}

TEST_CASE("types without a fast path are multiplied as float32")
{
    for (DType dtype : {DType::Q2_K, DType::Q3_K, DType::IQ4_NL, DType::IQ4_XS, DType::MXFP4}) {
        checkShape(detectIsa(), 2, dtype, 1, 37, 512, true);
        checkShape(detectIsa(), 2, dtype, 6, 37, 512, false);
    }
}

TEST_CASE("several outputs of different types share one input")
{
    constexpr int64_t kTokens = 11;
    constexpr int64_t kCols = 320;
    const std::vector<float> x = testActivations(kTokens, kCols);
    const std::vector<float> bias = randomFloats(100, 3);
    for (Isa isa : availableIsas()) {
        ThreadPool pool(3);
        MatmulEngine engine(isa, pool);
        engine.reserve(limitsFor(kTokens, kCols));
        const TestWeight q(DType::Q4_1, 100, kCols, 21);
        const TestWeight k(DType::F16, 33, kCols, 22);
        const TestWeight v(DType::Q8_0, 1, kCols, 23);
        const auto loadedQ = engine.load(q.tensor());
        const auto loadedK = engine.load(k.tensor());
        const auto loadedV = engine.load(v.tensor());
        GuardedOutput yQ(kTokens, 100);
        GuardedOutput yK(kTokens, 33);
        GuardedOutput yV(kTokens, 1);
        const std::array outputs {MatmulOutput {loadedQ.get(), yQ.view(), bias.data()},
                                  MatmulOutput {loadedK.get(), yK.view(), nullptr},
                                  MatmulOutput {loadedV.get(), yV.view(), nullptr}};
        engine.matmul(outputs, viewOf(x, kTokens, kCols));
        checkProduct(q, x, kTokens, yQ, bias.data());
        checkProduct(k, x, kTokens, yK, nullptr);
        checkProduct(v, x, kTokens, yV, nullptr);
    }
}

TEST_CASE("a row of zeros gives the bias, whatever its neighbours are")
{
    constexpr int64_t kCols = 256;
    std::vector<float> x = testActivations(3, kCols);
    std::fill_n(x.begin() + kCols, kCols, 0.0f);
    const std::vector<float> bias = randomFloats(20, 3);
    for (Isa isa : availableIsas()) {
        for (DType dtype : kFastTypes) {
            const TestWeight weight(dtype, 20, kCols);
            const auto y = multiply(isa, 1, weight, viewOf(x, 3, kCols), bias.data());
            for (int64_t o = 0; o < 20; ++o) {
                CHECK(y.at(1, o) == bias[static_cast<size_t>(o)]);
                CHECK(y.at(0, o) != bias[static_cast<size_t>(o)]);
            }
        }
    }
}

TEST_CASE("NaN and infinity make their own row NaN and no other")
{
    constexpr int64_t kCols = 256;
    const std::vector<float> clean = testActivations(5, kCols);
    for (float poison : {kNaN, -kNaN, kInfinity, -kInfinity}) {
        std::vector<float> x = clean;
        x[2 * kCols + 40] = poison;
        for (Isa isa : availableIsas()) {
            for (DType dtype : kQuantizedTypes) {
                const TestWeight weight(dtype, 19, kCols);
                const auto y = multiply(isa, 1, weight, viewOf(x, 5, kCols));
                const auto expected = multiply(isa, 1, weight, viewOf(clean, 5, kCols));
                for (int64_t o = 0; o < 19; ++o) {
                    CHECK(std::isnan(y.at(2, o)));
                    for (int64_t t : {0, 1, 3, 4})
                        CHECK(y.at(t, o) == expected.at(t, o));
                }
            }
        }
    }
}

TEST_CASE("very small and very large activations keep their precision or vanish")
{
    constexpr int64_t kCols = 256;
    const std::vector<float> x = randomFloats(kCols, 7);
    for (Isa isa : availableIsas()) {
        for (DType dtype : kQuantizedTypes) {
            const TestWeight weight(dtype, 18, kCols);
            const auto plain = multiply(isa, 1, weight, viewOf(x, 1, kCols));
            for (float factor : {0x1p-100f, 0x1p90f, 0x1p-140f}) {
                std::vector<float> scaled = x;
                for (float &value : scaled)
                    value *= factor;
                const auto y = multiply(isa, 1, weight, viewOf(scaled, 1, kCols));
                for (int64_t o = 0; o < 18; ++o) { // powers of two scale exactly
                    const float expected = factor < 0x1p-119f ? 0.0f : plain.at(0, o) * factor;
                    CHECK(y.at(0, o) == expected);
                }
            }
        }
    }
}

TEST_CASE("subnormal scales of weights count")
{
    constexpr int64_t kCols = 256;
    const std::vector<float> x = testActivations(2, kCols);
    for (Isa isa : availableIsas()) {
        for (DType dtype : kQuantizedTypes) {
            TestWeight weight(dtype, 18, kCols);
            const DTypeInfo &info = dtypeInfo(dtype);
            for (size_t block = 0; block < weight.bytes.size(); block += info.blockBytes) {
                const size_t scale = block + (dtype == DType::Q6_K ? 208 : 0);
                weight.bytes[scale] = 0x35; // 0x0035: 53 * 2^-24
                weight.bytes[scale + 1] = 0x00;
                if (hasMinimum(dtype)) {
                    weight.bytes[block + 2] = 0x01; // 0x8201: -513 * 2^-24
                    weight.bytes[block + 3] = 0x82;
                }
            }
            const auto y = multiply(isa, 1, weight, viewOf(x, 2, kCols));
            checkProduct(weight, x, 2, y, nullptr);
            CHECK(y.at(0, 0) != 0.0f);
        }
    }
}

TEST_CASE("the largest codes of both sides do not saturate")
{
    constexpr int64_t kCols = 256;
    for (float sign : {1.0f, -1.0f}) {
        const std::vector<float> x(kCols, sign * 127.0f);
        for (Isa isa : availableIsas()) {
            for (DType dtype : kQuantizedTypes) {
                for (unsigned char code : {0x00, 0x80, 0x7f, 0xff}) {
                    TestWeight weight(dtype, 17, kCols);
                    const size_t blockBytes = dtypeInfo(dtype).blockBytes;
                    const auto [first, end] = codeBytes(dtype);
                    for (size_t i = 0; i < weight.bytes.size(); ++i) {
                        if (i % blockBytes >= first && i % blockBytes < end)
                            weight.bytes[i] = code;
                    }
                    checkProduct(weight, x, 1, multiply(isa, 1, weight, viewOf(x, 1, kCols)),
                                 nullptr);
                }
            }
        }
    }
}
