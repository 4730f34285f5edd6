// The sampler: greedy choice and its ties, probabilities and runners-up, the penalty, its own
// random numbers, and logits that are no numbers.
#include "lone_sampler.h"

#include "support/random_blocks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

using namespace inferlab;
using namespace inferlab::test;
using doctest::Approx;

namespace {

std::vector<float> randomLogits(size_t count, uint64_t seed, float width = 10.0f)
{
    SeededRandom random(seed);
    std::vector<float> logits(count);
    for (float &logit : logits)
        logit = width * random.symmetric();
    return logits;
}

std::vector<double> softmax(const std::vector<float> &logits)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> shares;
    double sum = 0.0;
    for (const float logit : logits) {
        shares.push_back(std::exp(static_cast<double>(logit) - largest));
        sum += shares.back();
    }
    for (double &share : shares)
        share /= sum;
    return shares;
}

LoneSampler greedy(size_t vocabulary)
{
    return {SamplingSettings {}, vocabulary, {}};
}

} // namespace

TEST_CASE("random numbers are SplitMix64's, on every machine")
{
    Random random(0);
    CHECK(random.next() == 0xe220a8397b1dcdafu); // from the authors' reference program
    CHECK(random.next() == 0x6e789e6aa1b965f4u);
    CHECK(random.next() == 0x06c45d188009454fu);
    for (int i = 0; i < 1000; ++i) {
        const double value = random.uniform();
        REQUIRE(value >= 0.0);
        REQUIRE(value < 1.0);
    }
}

TEST_CASE("greedy takes the highest logit, the lowest id among equals")
{
    CHECK(greedy(4).sample(std::vector<float> {1.0f, 3.0f, 3.0f, 2.0f}).id == 1);
    CHECK(greedy(3).sample(std::vector<float> {-5.0f, -5.0f, -5.0f}).id == 0);
    CHECK(greedy(1).sample(std::vector<float> {0.0f}).id == 0);
    std::vector<float> tied(49152, 1.0f);
    CHECK(greedy(tied.size()).sample(tied).id == 0);
}

TEST_CASE("the probability and the runners-up are the model's, whatever the settings")
{
    for (const size_t vocabulary :
         {size_t {1}, size_t {2}, size_t {6}, size_t {7}, size_t {1000}, size_t {49152}}) {
        CAPTURE(vocabulary);
        const std::vector<float> logits = randomLogits(vocabulary, vocabulary);
        const std::vector<double> shares = softmax(logits);
        std::vector<int32_t> order(vocabulary);
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
            return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
        });
        SamplingSettings hot;
        hot.temperature = 5.0f;
        hot.repetitionPenalty = 1.5f;
        hot.minP = 0.01f;
        for (const SamplingSettings &settings : {SamplingSettings {}, hot}) {
            LoneSampler sampler(settings, vocabulary);
            const Choice choice = sampler.sample(logits);
            CHECK(choice.probability
                  == Approx(shares[static_cast<size_t>(choice.id)]).epsilon(1e-5));
            std::vector<int32_t> others = order;
            std::erase(others, choice.id);
            others.resize(std::min<size_t>(others.size(), TokenEvent::kRunnersUp));
            REQUIRE(choice.runnersUp.size() == others.size());
            for (size_t i = 0; i < others.size(); ++i) {
                CHECK(choice.runnersUp[i].id == others[i]);
                CHECK(choice.runnersUp[i].probability
                      == Approx(shares[static_cast<size_t>(others[i])]).epsilon(1e-5));
            }
        }
    }
}

TEST_CASE("large and far apart logits do not overflow the probability")
{
    const Choice choice = greedy(4).sample(
        std::vector<float> {1e30f, -1e30f, 0.0f, std::numeric_limits<float>::lowest()});
    CHECK(choice.id == 0);
    CHECK(choice.probability == 1.0f);
    CHECK(choice.runnersUp.front().id == 2);
    CHECK(choice.runnersUp.front().probability == Approx(0.0));
    const float none = -std::numeric_limits<float>::infinity(); // a token ruled out
    CHECK(greedy(3).sample(std::vector<float> {none, 2.0f, none}).probability == 1.0f);
}

TEST_CASE("the penalty divides positive logits and multiplies negative ones, of tokens seen")
{
    SamplingSettings settings;
    settings.repetitionPenalty = 2.0f;
    const std::vector<int32_t> prompt {0, 0};
    LoneSampler sampler(settings, 4, prompt);
    // 0: 3 becomes 1.5, once however often it was seen. Then 1 is seen as well: 2 becomes 1.
    const std::vector<float> logits {3.0f, 2.0f, 1.2f, 1.4f};
    CHECK(sampler.sample(logits).id == 1);
    CHECK(sampler.sample(logits).id == 0); // 1.5, 1, 1.2, 1.4
    LoneSampler negative(settings, 2, std::vector<int32_t> {1});
    CHECK(negative.sample(std::vector<float> {-1.5f, -1.0f}).id == 0); // -1 becomes -2
}

TEST_CASE("the same seed draws the same tokens, another seed others")
{
    SamplingSettings settings;
    settings.temperature = 1.0f;
    const auto draws = [&settings](uint64_t seed) {
        settings.seed = seed;
        LoneSampler sampler(settings, 300);
        std::vector<int32_t> ids;
        for (uint64_t i = 0; i < 60; ++i)
            ids.push_back(sampler.sample(randomLogits(300, i, 2.0f)).id);
        return ids;
    };
    CHECK(draws(7) == draws(7));
    CHECK(draws(7) != draws(8));
    CHECK(draws(0) != draws(std::numeric_limits<uint64_t>::max()));
}

TEST_CASE("greedy settings draw nothing: the seed changes nothing")
{
    SamplingSettings settings;
    settings.topK = 5;
    settings.topP = 0.5f;
    settings.minP = 0.5f;
    settings.seed = 99;
    LoneSampler sampler(settings, 500);
    for (uint64_t i = 0; i < 20; ++i) {
        const std::vector<float> logits = randomLogits(500, i);
        CHECK(sampler.sample(logits).id == greedy(500).sample(logits).id);
    }
}

TEST_CASE("logits that are no numbers are an error, not a token")
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    SamplingSettings random;
    random.temperature = 1.0f;
    for (const SamplingSettings &settings : {SamplingSettings {}, random}) {
        for (const std::vector<float> &logits :
             {std::vector<float> {1.0f, nan, 2.0f}, std::vector<float> {nan, nan, nan},
              std::vector<float> {infinity, 0.0f, 1.0f},
              std::vector<float> {-infinity, -infinity, -infinity}}) {
            LoneSampler sampler(settings, 3);
            CHECK_THROWS_AS(sampler.sample(logits), std::runtime_error);
        }
        std::vector<float> last(49152, 0.0f);
        last.back() = nan;
        LoneSampler sampler(settings, 49152);
        CHECK_THROWS_AS(sampler.sample(last), std::runtime_error);
    }
}
