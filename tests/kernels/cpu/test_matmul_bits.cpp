// The promise of the matrix product: an output's bits depend on its weight row and its input row
// alone.
#include "matmul_problem.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace inferlab;

namespace {

constexpr int64_t kTokens = 23;
constexpr int64_t kOuts = 150;
constexpr int64_t kFewestCols = 608;

bool sameBits(float a, float b)
{
    return std::memcmp(&a, &b, sizeof a) == 0;
}

// Rows first .. first + count - 1 of `part` have the bits of the same rows of `whole`.
bool rowsEqual(const GuardedOutput &whole, int64_t first, const GuardedOutput &part, int64_t count)
{
    for (int64_t t = 0; t < count; ++t) {
        for (int64_t o = 0; o < kOuts; ++o) {
            if (!sameBits(whole.at(first + t, o), part.at(t, o)))
                return false;
        }
    }
    return true;
}

} // namespace

TEST_CASE("a row alone, or in any batch, at any place, has the same bits")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFastTypes) {
            CAPTURE(dtypeInfo(dtype).name);
            const int64_t cols = wholeBlocks(dtype, kFewestCols);
            const std::vector<float> x = testActivations(kTokens, cols);
            const TestWeight weight(dtype, kOuts, cols);
            const auto whole = multiply(isa, 1, weight, viewOf(x, kTokens, cols));
            for (int64_t count = 1; count <= 18; ++count) {
                for (int64_t first = 0; first + count <= kTokens; first += count) {
                    const ConstMatrixView part(x.data() + first * cols, count, cols, cols);
                    REQUIRE(rowsEqual(whole, first, multiply(isa, 1, weight, part), count));
                }
            }
        }
    }
}

TEST_CASE("the number of threads changes no bit")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFastTypes) {
            CAPTURE(dtypeInfo(dtype).name);
            const int64_t cols = wholeBlocks(dtype, kFewestCols);
            const std::vector<float> x = testActivations(kTokens, cols);
            const TestWeight weight(dtype, kOuts, cols);
            for (int64_t tokens : {int64_t {1}, kTokens}) {
                const auto one = multiply(isa, 1, weight, viewOf(x, tokens, cols));
                for (int threads : {2, 3, 7})
                    CHECK(multiply(isa, threads, weight, viewOf(x, tokens, cols)).sameBits(one));
            }
        }
    }
}

TEST_CASE("a weight row has the same bits wherever it stands in the matrix")
{
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (DType dtype : kFastTypes) {
            CAPTURE(dtypeInfo(dtype).name);
            const int64_t cols = wholeBlocks(dtype, kFewestCols);
            const std::vector<float> x = testActivations(2, cols);
            const TestWeight weight(dtype, kOuts, cols);
            const auto whole = multiply(isa, 1, weight, viewOf(x, 2, cols));
            for (int64_t row : {0, 1, 17, 100, 149}) {
                TestWeight alone(dtype, 1, cols);
                const size_t size = rowBytes(dtype, cols);
                std::copy_n(weight.bytes.begin() + row * static_cast<int64_t>(size), size,
                            alone.bytes.begin());
                const auto y = multiply(isa, 1, alone, viewOf(x, 2, cols));
                CHECK(sameBits(y.at(0, 0), whole.at(0, row)));
                CHECK(sameBits(y.at(1, 0), whole.at(1, row)));
            }
        }
    }
}

TEST_CASE("prompts longer than what is multiplied at once have the bits of their parts")
{
    constexpr int64_t kLong = 400;
    constexpr int64_t kWide = 1536; // 400 tokens of it are more than fit at once
    const std::vector<float> x = testActivations(kLong, kWide);
    for (DType dtype : {DType::Q4_1, DType::F16}) {
        const TestWeight weight(dtype, 40, kWide);
        const auto whole = multiply(detectIsa(), 2, weight, viewOf(x, kLong, kWide));
        for (int64_t token = 0; token < kLong; ++token) {
            const ConstMatrixView row(x.data() + token * kWide, 1, kWide, kWide);
            const auto y = multiply(detectIsa(), 1, weight, row);
            for (int64_t o = 0; o < 40; ++o)
                REQUIRE(sameBits(y.at(0, o), whole.at(token, o)));
        }
    }
}

TEST_CASE("quantised rows of thousands of columns have the same bits with every instruction set")
{
    constexpr int64_t kWide = 4352; // more blocks than are unpacked at once for tiles
    constexpr int64_t kRows = 41;   // two tiles of sixteen tokens and a part of one
    const std::vector<float> x = testActivations(kRows, kWide);
    for (DType dtype : kQuantizedTypes) {
        CAPTURE(dtypeInfo(dtype).name);
        const TestWeight weight(dtype, 20, kWide);
        const std::vector<float> bias = randomFloats(20, 3);
        const auto first = multiply(Isa::Portable, 1, weight, viewOf(x, kRows, kWide), bias.data());
        for (Isa isa : availableIsas()) {
            CAPTURE(isaName(isa));
            CHECK(multiply(isa, 1, weight, viewOf(x, kRows, kWide), bias.data()).sameBits(first));
        }
    }
}

TEST_CASE("quantised products have the same bits with every instruction set")
{
    for (DType dtype : kQuantizedTypes) {
        CAPTURE(dtypeInfo(dtype).name);
        const int64_t cols = wholeBlocks(dtype, kFewestCols);
        const std::vector<float> x = testActivations(kTokens, cols);
        const TestWeight weight(dtype, kOuts, cols);
        for (int64_t tokens : {int64_t {1}, kTokens}) {
            const auto portable = multiply(Isa::Portable, 1, weight, viewOf(x, tokens, cols));
            for (Isa isa : availableIsas()) {
                CAPTURE(isaName(isa));
                CHECK(multiply(isa, 1, weight, viewOf(x, tokens, cols)).sameBits(portable));
            }
        }
    }
}
