// Which tokens top-k, top-p and min-p leave, and how often each is drawn, against plain arithmetic
// on small vocabularies.
#include "lone_sampler.h"

#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// Probability of each token that the settings leave, in the order that request.h states.
std::map<int32_t, double> expectedShares(const SamplingSettings &settings,
                                         const std::vector<float> &logits,
                                         const std::vector<int32_t> &seen)
{
    struct Token
    {
        int32_t id;
        double logit;
        double share;
    };
    std::vector<Token> tokens;
    for (size_t i = 0; i < logits.size(); ++i) {
        const auto id = static_cast<int32_t>(i);
        double logit = logits[i];
        if (std::find(seen.begin(), seen.end(), id) != seen.end())
            logit =
                logit > 0 ? logit / settings.repetitionPenalty : logit * settings.repetitionPenalty;
        tokens.push_back({id, logit / settings.temperature, 0.0});
    }
    std::stable_sort(tokens.begin(), tokens.end(),
                     [](const Token &a, const Token &b) { return a.logit > b.logit; });
    const auto normalise = [&tokens] {
        double sum = 0.0;
        for (const Token &token : tokens)
            sum += std::exp(token.logit - tokens.front().logit);
        for (Token &token : tokens)
            token.share = std::exp(token.logit - tokens.front().logit) / sum;
    };
    if (settings.topK > 0 && static_cast<size_t>(settings.topK) < tokens.size())
        tokens.resize(static_cast<size_t>(settings.topK));
    normalise();
    if (settings.topP < 1.0f) {
        double mass = 0.0;
        size_t kept = 0;
        while (kept < tokens.size() && mass < settings.topP)
            mass += tokens[kept++].share;
        tokens.resize(kept);
        normalise();
    }
    std::erase_if(tokens, [&](const Token &token) {
        return token.share < settings.minP * tokens.front().share;
    });
    normalise();
    std::map<int32_t, double> shares;
    for (const Token &token : tokens)
        shares[token.id] = token.share;
    return shares;
}

// Pearson's statistic over tokens drawn often enough; the rest is one class.
double chiSquare(const std::map<int32_t, double> &shares, const std::map<int32_t, int> &counts,
                 int draws, int &degrees)
{
    double statistic = 0.0;
    double restExpected = 0.0;
    double restCounted = 0.0;
    int classes = 0;
    for (const auto &[id, share] : shares) {
        const double expected = share * draws;
        const double counted = counts.contains(id) ? counts.at(id) : 0;
        if (expected < 5.0) { // the usual bound below which the statistic is not chi-square
            restExpected += expected;
            restCounted += counted;
            continue;
        }
        statistic += (counted - expected) * (counted - expected) / expected;
        ++classes;
    }
    if (restExpected >= 5.0) {
        statistic += (restCounted - restExpected) * (restCounted - restExpected) / restExpected;
        ++classes;
    }
    degrees = classes - 1;
    return statistic;
}

void checkDraws(const SamplingSettings &settings, const std::vector<float> &logits)
{
    constexpr int kDraws = 20000;
    const std::map<int32_t, double> shares = expectedShares(settings, logits, {});
    std::map<int32_t, int> counts;
    LoneSampler sampler(settings, logits.size());
    for (int i = 0; i < kDraws; ++i)
        ++counts[sampler.sample(logits).id];
    for (const auto &[id, count] : counts) {
        CAPTURE(id);
        CHECK(shares.contains(id)); // nothing outside the cuts, ever
    }
    for (const auto &[id, share] : shares) {
        CAPTURE(id);
        if (share * kDraws > 30.0) // missing by chance: e^-30
            CHECK(counts.contains(id));
    }
    int degrees = 0;
    const double statistic = chiSquare(shares, counts, kDraws, degrees);
    // Five standard deviations above the mean. Seeds are fixed: it passes always, or never.
    CHECK(statistic <= degrees + 5.0 * std::sqrt(2.0 * degrees) + 1e-9);
}

std::vector<float> randomLogits(size_t count, SeededRandom &random)
{
    std::vector<float> logits(count);
    for (float &logit : logits)
        logit = 4.0f * random.symmetric();
    return logits;
}

} // namespace

TEST_CASE("each cut alone leaves exactly the right tokens, drawn as often as they weigh")
{
    SeededRandom random(3);
    const std::vector<float> logits = randomLogits(12, random);
    SamplingSettings settings;
    settings.temperature = 1.0f;
    SUBCASE("no cut") { }
    SUBCASE("top-k 1")
    {
        settings.topK = 1;
    }
    SUBCASE("top-k 4")
    {
        settings.topK = 4;
    }
    SUBCASE("top-k beyond the vocabulary")
    {
        settings.topK = 100;
    }
    SUBCASE("top-p 0.7")
    {
        settings.topP = 0.7f;
    }
    SUBCASE("top-p next to nothing")
    {
        settings.topP = 1e-6f;
    }
    SUBCASE("min-p 0.1")
    {
        settings.minP = 0.1f;
    }
    SUBCASE("min-p 1")
    {
        settings.minP = 1.0f;
    }
    SUBCASE("hot")
    {
        settings.temperature = 3.0f;
    }
    SUBCASE("cold")
    {
        settings.temperature = 0.2f;
    }
    checkDraws(settings, logits);
}

TEST_CASE("ties at a cut are broken by the lowest id")
{
    SamplingSettings settings;
    settings.temperature = 1.0f;
    settings.topK = 2;
    const std::vector<float> logits {1.0f, 2.0f, 1.0f, 1.0f};
    CHECK(expectedShares(settings, logits, {}).contains(0));
    checkDraws(settings, logits);
    settings.topK = 0;
    settings.topP = 0.6f; // 2 has 0.475; one of the equal ones is needed
    checkDraws(settings, logits);
}

TEST_CASE("cuts together, in their order, over random settings")
{
    for (uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        SeededRandom random(seed);
        const std::vector<float> logits = randomLogits(2 + random.below(40), random);
        const auto unit = [&random] { return 0.5f + 0.499f * random.symmetric(); };
        SamplingSettings settings;
        settings.seed = seed;
        settings.temperature = 0.1f + 2.0f * unit();
        settings.topK = static_cast<int32_t>(random.below(3) == 0 ? 0 : random.below(20));
        settings.topP = random.below(3) == 0 ? 1.0f : unit();
        settings.minP = random.below(3) == 0 ? 0.0f : 0.3f * unit();
        checkDraws(settings, logits);
    }
}

TEST_CASE("draws from thousands of tokens that nothing puts in order")
{
    SeededRandom random(17);
    std::vector<float> logits = randomLogits(1500, random);
    SamplingSettings settings;
    settings.temperature = 2.0f;
    SUBCASE("no cut") { }
    SUBCASE("top-p, most of the tokens")
    {
        settings.topP = 0.95f;
    }
    SUBCASE("top-p, a few hundred")
    {
        settings.topP = 0.4f;
    }
    SUBCASE("min-p")
    {
        settings.minP = 0.3f;
    }
    SUBCASE("min-p leaves less than top-p")
    {
        settings.topP = 0.95f;
        settings.minP = 0.4f;
    }
    SUBCASE("top-p leaves less than min-p")
    {
        settings.topP = 0.3f;
        settings.minP = 0.1f;
    }
    SUBCASE("few different logits: ties at every cut")
    {
        settings.topP = 0.5f;
        for (float &logit : logits)
            logit = std::round(logit);
    }
    SUBCASE("tokens that are ruled out")
    {
        settings.topP = 0.9f;
        for (size_t i = 0; i < logits.size(); i += 2)
            logits[i] = -std::numeric_limits<float>::infinity();
    }
    checkDraws(settings, logits);
}

TEST_CASE("the penalty comes before the cuts")
{
    SamplingSettings settings;
    settings.temperature = 1.0f;
    settings.repetitionPenalty = 3.0f;
    settings.topK = 2;
    const std::vector<float> logits {3.0f, 2.0f, 1.9f, -1.0f};
    const std::vector<int32_t> prompt {0};
    const auto shares = expectedShares(settings, logits, prompt);
    CHECK_FALSE(shares.contains(0)); // 1 after the penalty
    for (uint64_t seed = 0; seed < 200; ++seed) {
        settings.seed = seed;
        LoneSampler sampler(settings, 4, prompt);
        CHECK(shares.contains(sampler.sample(logits).id));
    }
}

TEST_CASE("a large vocabulary keeps the same tokens as plain arithmetic")
{
    SeededRandom random(11);
    std::vector<float> logits = randomLogits(49152, random);
    for (const auto &[topK, topP] : {std::pair {40, 0.95f}, std::pair {0, 0.5f},
                                     std::pair {0, 0.999f}, std::pair {3000, 1.0f}}) {
        CAPTURE(topK);
        CAPTURE(topP);
        SamplingSettings settings;
        settings.temperature = 0.8f;
        settings.topK = topK;
        settings.topP = topP;
        const auto shares = expectedShares(settings, logits, {});
        LoneSampler sampler(settings, logits.size());
        for (int i = 0; i < 50; ++i)
            CHECK(shares.contains(sampler.sample(logits).id));
    }
}
