// The vector kernels of each instruction set by themselves: the exponential over its whole range,
// and the conversion to binary16 for every kind of number.
#include "kernels/api/half.h"
#include "kernels/check/random_tensor.h"
#include "kernels/cpu/vector_kernels.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

using namespace inferlab;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> expOf(Isa isa, const std::vector<float> &x)
{
    std::vector<float> result(x.size());
    vectorKernels(isa).expRow(x.data(), result.data(), static_cast<int64_t>(x.size()));
    return result;
}

} // namespace

TEST_CASE("exp is within 2e-7 of the truth where the result is a normal number")
{
    std::vector<float> x;
    for (int i = -87300; i <= 88700; ++i)
        x.push_back(static_cast<float>(i) / 1000.0f);
    for (int i = -20000; i <= 20000; ++i) // close to 0, and to the ends of the reduced range
        x.push_back(static_cast<float>(i) * 5e-5f);
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        const std::vector<float> found = expOf(isa, x);
        double worst = 0.0;
        for (size_t i = 0; i < x.size(); ++i) {
            const double truth = std::exp(static_cast<double>(x[i]));
            worst = std::max(worst, std::abs(static_cast<double>(found[i]) - truth) / truth);
        }
        CHECK(worst < 2e-7);
        CHECK(worst > 0.0);
    }
}

TEST_CASE("exp at and beyond the ends of float32")
{
    const std::vector<float> x {0.0f,    -0.0f,  88.8f,      1e10f,   kInfinity,
                                -200.0f, -1e30f, -kInfinity, -87.34f, std::nanf("")};
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        const std::vector<float> found = expOf(isa, x);
        CHECK(found[0] == 1.0f);
        CHECK(found[1] == 1.0f);
        CHECK(found[2] == kInfinity);
        CHECK(found[3] == kInfinity);
        CHECK(found[4] == kInfinity);
        CHECK(found[5] == 0.0f);
        CHECK(found[6] == 0.0f);
        CHECK(found[7] == 0.0f);
        CHECK(found[8] == 0.0f); // 2^-126 is exp(-87.3365)
        CHECK(std::isnan(found[9]));
    }
}

TEST_CASE("exp of an element does not depend on its place in the row")
{
    const std::vector<float> x = randomFloats(67, 31);
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        const std::vector<float> found = expOf(isa, x);
        for (size_t i = 0; i < x.size(); ++i) {
            const float alone = expOf(isa, {x[i]})[0];
            CHECK(std::bit_cast<uint32_t>(alone) == std::bit_cast<uint32_t>(found[i]));
        }
    }
}

TEST_CASE("silu of extreme numbers is their limit")
{
    const std::vector<float> gate {-1e30f, -kInfinity, -90.0f, 0.0f, 90.0f, 1e30f, std::nanf("")};
    const std::vector<float> up(gate.size(), 1.0f);
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        std::vector<float> out(gate.size());
        vectorKernels(isa).siluMultiplyRow(gate.data(), up.data(), out.data(),
                                           static_cast<int64_t>(gate.size()));
        CHECK(out[0] == 0.0f);
        CHECK(std::isnan(out[1])); // -infinity / infinity, as in the formula
        CHECK(std::abs(out[2]) < 1e-30f);
        CHECK(out[3] == 0.0f);
        CHECK(out[4] == 90.0f);
        CHECK(out[5] == 1e30f);
        CHECK(std::isnan(out[6]));
    }
}

TEST_CASE("conversion to binary16 is that of kernels/api/half.h, bit for bit")
{
    std::vector<float> x;
    for (uint32_t half = 0; half < 0x10000u; ++half) { // each half, its neighbours, and ties
        const float value = halfToFloat(static_cast<uint16_t>(half));
        for (int step : {-1, 0, 1, 0x1000, 0xfff, 0x1001})
            x.push_back(
                std::bit_cast<float>(std::bit_cast<uint32_t>(value) + static_cast<uint32_t>(step)));
    }
    for (Isa isa : availableIsas()) {
        CAPTURE(isaName(isa));
        for (size_t n : {size_t {1}, size_t {13}, x.size() - 1, x.size()}) {
            std::vector<uint16_t> found(n + 1, 0xabcd);
            vectorKernels(isa).halvesFromFloats(x.data(), found.data(), static_cast<int64_t>(n));
            size_t wrong = 0;
            for (size_t i = 0; i < n; ++i)
                wrong += found[i] != floatToHalf(x[i]);
            CHECK(wrong == 0);
            CHECK(found[n] == 0xabcd);
        }
    }
}

TEST_CASE("instruction sets that fuse multiply and add normalise rows to the same bits")
{
    for (int64_t n = 1; n <= 200; ++n) {
        CAPTURE(n);
        const std::vector<float> x = randomFloats(static_cast<size_t>(n), 7);
        const std::vector<float> gain = randomFloats(static_cast<size_t>(n), 8);
        std::vector<float> expected;
        for (Isa isa : availableIsas()) {
            if (isa == Isa::Portable)
                continue;
            CAPTURE(isaName(isa));
            std::vector<float> out(x.size());
            vectorKernels(isa).rmsNormRow(x.data(), gain.data(), 1e-5f, out.data(), n);
            if (expected.empty())
                expected = out;
            CHECK(std::memcmp(out.data(), expected.data(), out.size() * sizeof(float)) == 0);
        }
    }
}
