// The summary of a row of logits against plain sorting and the library's exponential.
#include "kernels/api/logit_summary.h"

#include "kernels/api/ranked_tokens.h"
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

void checkRow(const std::vector<float> &logits, float temperature)
{
    std::vector<RankedToken> sorted;
    for (size_t i = 0; i < logits.size(); ++i)
        sorted.push_back({static_cast<int32_t>(i), logits[i]});
    std::sort(sorted.begin(), sorted.end(), ranksBefore);
    const LogitSummary summary = summariseRow(logits, temperature);
    CHECK(summary.notNumbers == 0);
    REQUIRE(summary.count == std::min<size_t>(LogitSummary::kMost, logits.size()));
    for (int32_t i = 0; i < summary.count; ++i) {
        REQUIRE(summary.ids[i] == sorted[static_cast<size_t>(i)].id);
        REQUIRE(summary.logits[i] == sorted[static_cast<size_t>(i)].logit);
    }
    double sum = 0.0;
    double tempered = 0.0;
    for (const float logit : logits) {
        const double below = static_cast<double>(logit) - sorted.front().logit;
        sum += std::exp(below);
        tempered += temperature > 0.0f ? std::exp(below / static_cast<double>(temperature)) : 0.0;
    }
    CHECK(summary.sum == Approx(sum).epsilon(1e-6));
    CHECK(summary.sumTempered == Approx(tempered).epsilon(1e-6));
}

} // namespace

TEST_CASE("the best in order and the sums, in vocabularies of all sizes, with and without ties")
{
    for (const size_t vocabulary :
         {1u, 2u, 16u, 63u, 64u, 65u, 255u, 256u, 257u, 1000u, 8192u, 8193u, 49152u, 262144u}) {
        for (const bool hasTies : {false, true}) {
            CAPTURE(vocabulary);
            CAPTURE(hasTies);
            SeededRandom random(vocabulary);
            std::vector<float> logits(vocabulary);
            for (float &logit : logits)
                logit = hasTies ? static_cast<float>(random.below(7)) : 12.0f * random.symmetric();
            checkRow(logits, 0.0f);
            checkRow(logits, 1.0f);
            checkRow(logits, 0.6f);
        }
    }
}

TEST_CASE("rows in order, rising or falling, and rows of equals")
{
    std::vector<float> logits(20000);
    for (size_t i = 0; i < logits.size(); ++i)
        logits[i] = static_cast<float>(i) * 1e-3f;
    checkRow(logits, 0.8f);
    std::reverse(logits.begin(), logits.end());
    checkRow(logits, 0.8f);
    checkRow(std::vector<float>(20000, -3.0f), 0.8f);
}

TEST_CASE("the best may stand in one block, and minus infinity weighs nothing")
{
    std::vector<float> logits(30000, -std::numeric_limits<float>::infinity());
    for (size_t i = 0; i < 40; ++i)
        logits[17000 + i] = static_cast<float>(i % 5);
    checkRow(logits, 2.0f);
}

TEST_CASE("a logit that is no number is counted wherever it stands")
{
    for (const size_t count : {1u, 127u, 128u, 129u, 1000u}) {
        for (size_t at = 0; at < count; at += 13) {
            std::vector<float> logits(count, -1.0f);
            logits[at] = std::numeric_limits<float>::quiet_NaN();
            CHECK(summariseRow(logits, 1.0f).notNumbers == 1);
        }
    }
}
