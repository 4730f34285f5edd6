// exp over a vocabulary: close to the library's, summed in any length, the same bits in vectors of
// every width.
#include "kernels/api/exponentials.h"
#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

std::vector<float> randomLogits(SeededRandom &random, size_t count)
{
    std::vector<float> logits(count);
    for (float &logit : logits)
        logit = 8.0f * random.symmetric();
    return logits;
}

} // namespace

TEST_CASE("exp of what is not positive, within 2e-7 of itself")
{
    CHECK(expNonPositive(0.0f) == 1.0f);
    CHECK(expNonPositive(-0.0f) == 1.0f);
    for (float x = 0.0f; x > -87.0f; x -= 0.00313f) {
        const double exact = std::exp(static_cast<double>(x));
        REQUIRE(std::abs(static_cast<double>(expNonPositive(x)) - exact) <= 2e-7 * exact);
    }
    CHECK(expNonPositive(-88.0f) == 0.0f);
    CHECK(expNonPositive(std::numeric_limits<float>::lowest()) == 0.0f);
    CHECK(expNonPositive(-std::numeric_limits<float>::infinity()) == 0.0f);
}

TEST_CASE("the sum holds every term, whatever the length and the temperature")
{
    SeededRandom random(5);
    for (const size_t count : {1u, 15u, 16u, 17u, 1023u, 1024u}) {
        for (const float temperature : {0.3f, 1.0f, 4.0f, 1e-40f}) {
            CAPTURE(count);
            CAPTURE(temperature);
            const std::vector<float> logits = randomLogits(random, count);
            const float largest = *std::max_element(logits.begin(), logits.end());
            std::vector<float> terms(count);
            const double sum = logitLoops().sum(logits, {largest, temperature}, terms.data());
            double expected = 0.0;
            for (size_t i = 0; i < count; ++i) {
                const double exact =
                    std::exp((static_cast<double>(logits[i]) - largest) / temperature);
                expected += exact;
                REQUIRE(static_cast<double>(terms[i]) == Approx(exact).epsilon(1e-5));
            }
            CHECK(sum == Approx(expected).epsilon(1e-5));
        }
    }
}

TEST_CASE("a set of tokens: those before one of them that weigh enough")
{
    SeededRandom random(6);
    constexpr int32_t kFirst = 2048;
    std::vector<float> logits = randomLogits(random, 700);
    for (float &logit : logits)
        logit = std::round(logit); // ties
    const Tempering tempering {8.0f, 2.0f};
    std::vector<float> all(logits.size());
    std::vector<float> terms(logits.size());
    logitLoops().sum(logits, tempering, all.data());
    for (const int32_t id : {kFirst - 1, kFirst, kFirst + 333, kFirst + 699, kFirst + 5000}) {
        for (const float least : {0.0f, 0.1f, 1.0f}) {
            CAPTURE(id);
            CAPTURE(least);
            const TokenSet set {{id, 2.0f}, least};
            const double sum = logitLoops().sumOf(logits, tempering, set, kFirst, terms.data());
            double expected = 0.0;
            for (size_t i = 0; i < logits.size(); ++i) {
                const RankedToken token {kFirst + static_cast<int32_t>(i), logits[i]};
                const bool counts = ranksBefore(token, set.before) && all[i] >= least;
                REQUIRE(terms[i] == (counts ? all[i] : 0.0f));
                expected += static_cast<double>(terms[i]);
            }
            CHECK(sum == Approx(expected).epsilon(1e-5));
        }
    }
    CHECK(logitLoops().sumOf(logits, tempering, {}, kFirst, terms.data())
          == logitLoops().sum(logits, tempering, all.data()));
}

TEST_CASE("vectors of every width give the same bits")
{
    if (allLogitLoops().size() == 1)
        MESSAGE("this machine has the plain loops alone: nothing to compare them with");
    SeededRandom random(7);
    for (size_t count = 1; count <= kExponentialRun; count += count < 70 ? 1 : 61) {
        CAPTURE(count);
        std::vector<float> logits = randomLogits(random, count);
        logits[count / 2] = -std::numeric_limits<float>::infinity();
        if (count % 3 == 0)
            logits[count / 3] = std::numeric_limits<float>::quiet_NaN();
        const TokenSet set {{static_cast<int32_t>(count / 2), logits[count - 1]}, 1e-3f};
        std::vector<float> expected(count), found(count);
        std::vector<float> expectedBlocks(count / 32 + 1), foundBlocks(count / 32 + 1);
        const LogitLoops &plain = allLogitLoops().front();
        for (const LogitLoops &loops : allLogitLoops()) {
            CAPTURE(loops.name);
            for (const Tempering tempering : {Tempering {8.0f, 1.0f}, Tempering {8.0f, 0.7f}}) {
                const auto same = [&](double a, double b) {
                    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b)
                        || (std::isnan(a) && std::isnan(b));
                };
                CHECK(same(loops.sum(logits, tempering, found.data()),
                           plain.sum(logits, tempering, expected.data())));
                CHECK(same(loops.sumOf(logits, tempering, set, 0, found.data()),
                           plain.sumOf(logits, tempering, set, 0, expected.data())));
                for (size_t i = 0; i < count; ++i)
                    REQUIRE(same(static_cast<double>(found[i]), static_cast<double>(expected[i])));
            }
            CHECK(loops.largest(logits, 32, foundBlocks.data())
                  == plain.largest(logits, 32, expectedBlocks.data()));
            CHECK(foundBlocks == expectedBlocks);
        }
    }
}
