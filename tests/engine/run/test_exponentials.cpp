// exp over a vocabulary: close to the library's, summed in any length, and the leaders of a
// vocabulary against plain sorting.
#include "engine/run/exponentials.h"
#include "engine/run/leaders.h"
#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

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
    for (const size_t count : {1u, 15u, 16u, 17u, 1023u, 1024u, 1025u, 5000u}) {
        for (const float temperature : {0.3f, 1.0f, 4.0f, 1e-40f}) {
            CAPTURE(count);
            CAPTURE(temperature);
            std::vector<float> logits(count);
            for (float &logit : logits)
                logit = 8.0f * random.symmetric();
            const float largest = *std::max_element(logits.begin(), logits.end());
            std::vector<float> terms(count);
            const double sum = exponentialSum(logits, largest, temperature, terms);
            double expected = 0.0;
            for (size_t i = 0; i < count; ++i) {
                const double exact =
                    std::exp((static_cast<double>(logits[i]) - largest) / temperature);
                expected += exact;
                REQUIRE(static_cast<double>(terms[i]) == Approx(exact).epsilon(1e-5));
            }
            CHECK(sum == Approx(expected).epsilon(1e-5));
            CHECK(exponentialSum(logits, largest, temperature) == sum);
        }
    }
}

TEST_CASE("the leaders are the best by plain sorting, wherever they stand")
{
    for (uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        std::vector<float> logits(1 + random.below(1000));
        // Few different values: many ties.
        for (float &logit : logits)
            logit = static_cast<float>(random.below(1 + seed % 40)) - 20.0f;
        std::vector<RankedToken> sorted;
        for (size_t i = 0; i < logits.size(); ++i)
            sorted.push_back({static_cast<int32_t>(i), logits[i]});
        std::sort(sorted.begin(), sorted.end(), ranksBefore);
        const Leaders leaders = findLeaders(logits);
        REQUIRE(leaders.count == std::min<int>(Leaders::kCount, static_cast<int>(sorted.size())));
        for (int i = 0; i < leaders.count; ++i)
            REQUIRE(leaders.best[static_cast<size_t>(i)].id == sorted[static_cast<size_t>(i)].id);
    }
}

TEST_CASE("a logit that is no number is found wherever it stands")
{
    for (const size_t count : {1u, 127u, 128u, 129u, 1000u}) {
        for (size_t at = 0; at < count; at += 13) {
            std::vector<float> logits(count, -1.0f);
            logits[at] = std::numeric_limits<float>::quiet_NaN();
            CHECK_THROWS_AS(findLeaders(logits), std::runtime_error);
        }
    }
}
