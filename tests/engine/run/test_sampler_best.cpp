// What a device makes of the logits is enough for most draws; the row is fetched where it is not,
// and only there. A device's sums may differ in their last digits.
#include "lone_sampler.h"

#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int32_t kVocabulary = 2000;

std::vector<float> randomLogits(SeededRandom &random, int32_t count, float spread)
{
    std::vector<float> logits(static_cast<size_t>(count));
    for (float &logit : logits)
        logit = spread * random.symmetric();
    return logits;
}

LogitSummary summaryOf(const std::vector<float> &logits, float temperature)
{
    std::vector<int32_t> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    std::stable_sort(ids.begin(), ids.end(), [&](int32_t a, int32_t b) {
        return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
    });
    LogitSummary summary;
    summary.count = std::min<int32_t>(LogitSummary::kMost, static_cast<int32_t>(logits.size()));
    for (int32_t i = 0; i < summary.count; ++i) {
        summary.ids[i] = ids[static_cast<size_t>(i)];
        summary.logits[i] = logits[static_cast<size_t>(summary.ids[i])];
    }
    double sum = 0.0;
    double tempered = 0.0;
    for (const float logit : logits) {
        const double below = static_cast<double>(logit) - static_cast<double>(summary.logits[0]);
        sum += std::exp(below);
        if (temperature > 0.0f)
            tempered += std::exp(below / static_cast<double>(temperature));
    }
    summary.sum = static_cast<float>(sum);
    summary.sumTempered = static_cast<float>(tempered);
    return summary;
}

// How many of 300 draws did without the row. All are those of a summary that was made here.
int drawsWithoutRow(const SamplingSettings &settings, int32_t vocabulary, float spread)
{
    SeededRandom random(9);
    SamplerScratch scratch(vocabulary);
    LoneSampler plain(settings, static_cast<size_t>(vocabulary), {1, 2});
    Sampler quick(settings);
    std::vector<int32_t> seen {1, 2};
    int without = 0;
    for (int i = 0; i < 300; ++i) {
        const std::vector<float> logits = randomLogits(random, vocabulary, spread);
        const Choice expected = plain.sample(logits);
        int fetched = 0;
        const auto fetch = [&]() -> std::span<const float> {
            ++fetched;
            return logits;
        };
        const Choice choice =
            quick.sample(summaryOf(logits, settings.temperature), vocabulary, fetch, seen, scratch);
        seen.push_back(choice.id);
        without += fetched == 0 ? 1 : 0;
        REQUIRE(choice.id == expected.id);
        CHECK(choice.probability == doctest::Approx(expected.probability).epsilon(1e-4));
        REQUIRE(choice.runnersUp.size() == expected.runnersUp.size());
        for (size_t r = 0; r < expected.runnersUp.size(); ++r) {
            CHECK(choice.runnersUp[r].id == expected.runnersUp[r].id);
            CHECK(choice.runnersUp[r].probability
                  == doctest::Approx(expected.runnersUp[r].probability).epsilon(1e-4));
        }
    }
    return without;
}

SamplingSettings settings(float temperature, int32_t topK, float topP, float minP)
{
    SamplingSettings sampling;
    sampling.temperature = temperature;
    sampling.topK = topK;
    sampling.topP = topP;
    sampling.minP = minP;
    return sampling;
}

} // namespace

TEST_CASE("greedy, top-k, top-p and min-p draw from the best alone")
{
    CHECK(drawsWithoutRow(settings(0.0f, 0, 1.0f, 0.0f), kVocabulary, 10.0f) == 300);
    CHECK(drawsWithoutRow(settings(0.8f, 40, 1.0f, 0.0f), kVocabulary, 10.0f) == 300);
    CHECK(drawsWithoutRow(settings(0.8f, 64, 0.9f, 0.05f), kVocabulary, 10.0f) == 300);
    CHECK(drawsWithoutRow(settings(0.5f, 0, 0.9f, 0.0f), kVocabulary, 40.0f) == 300);
    CHECK(drawsWithoutRow(settings(1.0f, 0, 1.0f, 0.2f), kVocabulary, 40.0f) == 300);
}

TEST_CASE("where candidates lie behind the best, the row is fetched")
{
    CHECK(drawsWithoutRow(settings(0.8f, 65, 1.0f, 0.0f), kVocabulary, 10.0f) == 0);
    CHECK(drawsWithoutRow(settings(1.0f, 0, 1.0f, 0.0f), kVocabulary, 10.0f) == 0);
    CHECK(drawsWithoutRow(settings(1.0f, 0, 0.99f, 0.0f), kVocabulary, 1.0f) == 0);
    CHECK(drawsWithoutRow(settings(1.0f, 0, 1.0f, 0.01f), kVocabulary, 1.0f) == 0);
    SamplingSettings penalised = settings(0.0f, 0, 1.0f, 0.0f);
    penalised.repetitionPenalty = 1.1f;
    CHECK(drawsWithoutRow(penalised, kVocabulary, 10.0f) == 0);
}

TEST_CASE("a sum that a device says too large draws no token of its own")
{
    const SamplingSettings hot = settings(1.0f, 0, 1.0f, 0.0f);
    std::vector<float> logits(kVocabulary, 1.0f);
    logits.back() = -60.0f; // as a reserved token
    LogitSummary summary = summaryOf(logits, hot.temperature);
    summary.sumTempered *= 2;
    SamplerScratch scratch(kVocabulary);
    Sampler sampler(hot);
    int upperHalf = 0;
    for (int i = 0; i < 400; ++i) {
        const Choice choice = sampler.sample(
            summary, kVocabulary, [&]() -> std::span<const float> { return logits; }, {}, scratch);
        REQUIRE(choice.id != kVocabulary - 1);
        upperHalf += choice.id >= kVocabulary / 2 ? 1 : 0;
    }
    CHECK(std::abs(upperHalf - 200) < 50); // five standard deviations
}

TEST_CASE("what comes next does not depend on the way that a token was drawn")
{
    // From a few tokens, then from many: the same second token as after a wide first draw.
    std::vector<float> narrow(kVocabulary, -50.0f);
    narrow[7] = 10.0f;
    const std::vector<float> wide(kVocabulary, 0.5f);
    LoneSampler first(settings(1.0f, 0, 0.9f, 0.0f), kVocabulary);
    LoneSampler second(settings(1.0f, 0, 0.9f, 0.0f), kVocabulary);
    first.sample(narrow);
    second.sample(wide);
    for (int i = 0; i < 20; ++i)
        CHECK(first.sample(wide).id == second.sample(wide).id);
}

TEST_CASE("a vocabulary that is known whole needs no more")
{
    CHECK(drawsWithoutRow(settings(1.0f, 0, 1.0f, 0.0f), 50, 3.0f) == 300);
    CHECK(drawsWithoutRow(settings(1.0f, 0, 0.95f, 0.0f), 50, 3.0f) == 300);
}

TEST_CASE(
    "logits that are no numbers are refused, and a row that a device could not tell is fetched")
{
    SamplerScratch scratch(kVocabulary);
    Sampler sampler({});
    const std::vector<float> logits(kVocabulary, 1.0f);
    int fetched = 0;
    const auto fetch = [&]() -> std::span<const float> {
        ++fetched;
        return logits;
    };
    const auto sample = [&](const LogitSummary &summary) {
        return sampler.sample(summary, kVocabulary, fetch, {}, scratch);
    };
    LogitSummary summary = summaryOf(logits, 0.0f);
    summary.notNumbers = 1;
    CHECK_THROWS_WITH_AS(sample(summary), "the model produced logits that are not numbers (NaN)",
                         std::runtime_error);
    summary.notNumbers = 0;
    summary.logits[0] = INFINITY;
    CHECK_THROWS_WITH_AS(sample(summary), "the model produced logits that are not finite",
                         std::runtime_error);
    CHECK(fetched == 0);
    summary.count = 0;
    CHECK(sample(summary).id == 0);
    CHECK(fetched == 1);
}
