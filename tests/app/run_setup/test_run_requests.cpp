// What a run submits: how many requests, with which prompts, lengths and seeds.
#include "app/run_setup/run_requests.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace inferlab;

namespace {

RunSettings pooled()
{
    RunSettings settings;
    settings.promptPool = {"one", "two", "three"};
    settings.sampling.seed = 7;
    return settings;
}

// One token a byte.
std::vector<int32_t> encoded(const RunSettings &settings)
{
    return {settings.prompt.begin(), settings.prompt.end()};
}

} // namespace

TEST_CASE("how many requests a run has")
{
    RunSettings settings;
    settings.batch = 8;
    CHECK(requestsOf(settings) == 8);
    settings.concurrency = 12;
    CHECK(requestsOf(settings) == 12);
    settings.requests = 30;
    CHECK(requestsOf(settings) == 30);
}

TEST_CASE("draws depend on seed, round and request, and reach every prompt")
{
    RunSettings settings = pooled();
    std::map<size_t, int> drawn;
    std::set<uint64_t> seeds;
    for (settings.round = 0; settings.round < 10; ++settings.round) {
        for (int32_t request = 0; request < 30; ++request) {
            const DrawnRequest draw = drawRequest(settings, 3, request);
            CHECK(draw.prompt < 3);
            CHECK(draw.newTokens == settings.maxNewTokens);
            ++drawn[draw.prompt];
            seeds.insert(draw.seed);
            CHECK(draw.seed == drawRequest(settings, 3, request).seed);
        }
    }
    CHECK(seeds.size() == 300);
    // 300 draws of three: 100 each, and six standard deviations (8.2) around it.
    for (const auto &[prompt, count] : drawn)
        CHECK(std::abs(count - 100) < 50);
}

TEST_CASE("lengths of answers are drawn evenly, and never beyond their bounds")
{
    RunSettings settings = pooled();
    settings.leastNewTokens = 1;
    settings.maxNewTokens = 4;
    std::map<int32_t, int> drawn;
    for (int32_t request = 0; request < 400; ++request)
        ++drawn[drawRequest(settings, 3, request).newTokens];
    REQUIRE(drawn.size() == 4);
    CHECK(drawn.begin()->first == 1);
    CHECK(drawn.rbegin()->first == 4);
    // 100 each, and six standard deviations (8.7) around it.
    for (const auto &[length, count] : drawn)
        CHECK(std::abs(count - 100) < 53);
    settings.leastNewTokens = 9; // an axis may vary the upper bound alone
    CHECK(drawRequest(settings, 3, 0).newTokens == 4);
}

TEST_CASE("without a pool all requests have the prompt, and their seeds count up")
{
    RunSettings settings;
    settings.prompt = "abc";
    settings.batch = 3;
    settings.promptTokens = 5;
    settings.sampling.seed = 40;
    const std::vector<Request> requests = makeRequests(settings, encodePool(settings, encoded));
    REQUIRE(requests.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
        CHECK(requests[i].promptTokens == std::vector<int32_t> {'a', 'b', 'c', 'a', 'b'});
        CHECK(requests[i].sampling.seed == 40 + i);
        CHECK(requests[i].maxNewTokens == 128);
    }
    CHECK(longestPrompt(requests) == 5);
}

TEST_CASE("with a pool each request has the prompt and the seed that were drawn for it")
{
    RunSettings settings = pooled();
    settings.requests = 20;
    settings.leastNewTokens = 2;
    settings.ignoreEnd = true;
    const std::vector<Request> requests = makeRequests(settings, encodePool(settings, encoded));
    REQUIRE(requests.size() == 20);
    for (int32_t i = 0; i < 20; ++i) {
        const Request &request = requests[static_cast<size_t>(i)];
        const DrawnRequest drawn = drawRequest(settings, 3, i);
        const std::string &prompt = settings.promptPool[drawn.prompt];
        CHECK(request.promptTokens == std::vector<int32_t>(prompt.begin(), prompt.end()));
        CHECK(request.sampling.seed == drawn.seed);
        CHECK(request.maxNewTokens == drawn.newTokens);
        CHECK(request.ignoreEnd);
    }
    int64_t most = 0;
    for (const Request &request : requests)
        most += request.maxNewTokens;
    CHECK(mostNewTokens(settings) == most);
}

TEST_CASE("prompts are cut or repeated to the length that is asked for")
{
    CHECK(ofLength({1, 2, 3}, 0) == std::vector<int32_t> {1, 2, 3});
    CHECK(ofLength({1, 2, 3}, 2) == std::vector<int32_t> {1, 2});
    CHECK(ofLength({1, 2, 3}, 7) == std::vector<int32_t> {1, 2, 3, 1, 2, 3, 1});
}
