// One request, one answer: alone, in any batch, padded or not, with the cache on or off, with any
// number of threads and any size of a step, the same logits bit for bit, and so the same tokens and
// probabilities.
#include "engine_runs.h"

#include <bit>
#include <cstring>

using namespace inferlab;
using namespace inferlab::test;

namespace {

struct Variant
{
    const char *name;
    size_t batch = 1; // how many of the requests run together
    bool kvCache = true;
    int threads = 1;
    int32_t stepTokens = 0;
    BatchPolicy policy = BatchPolicy::Static;
    bool padding = false;
};

constexpr Variant kVariants[] = {
    {"alone, three threads", 1, true, 3, 0},
    {"alone, one row at a time", 1, true, 1, 1},
    {"alone, chunks of 7", 1, true, 2, 7},
    {"alone, cache off", 1, false, 2, 0},
    {"alone, cache off, chunks of 19", 1, false, 1, 19},
    {"batch of 2", 2, true, 2, 0},
    {"batch of 5, chunks of 11", 5, true, 3, 11},
    {"batch of 5, cache off", 5, false, 2, 0},
    {"batch of 5, cache off, chunks of 33", 5, false, 1, 33},
    {"places of 2, continuous", 2, true, 2, 0, BatchPolicy::Continuous},
    {"places of 5, continuous, chunks of 11", 5, true, 3, 11, BatchPolicy::Continuous},
    {"places of 5, continuous, cache off, chunks of 33", 5, false, 2, 33, BatchPolicy::Continuous},
    {"rectangle of 5", 5, true, 2, 0, BatchPolicy::Static, true},
    {"rectangle of 5, chunks of 11", 5, true, 3, 11, BatchPolicy::Static, true},
    {"rectangle of 5, cache off", 5, false, 2, 0, BatchPolicy::Static, true},
    {"rectangle of 5, cache off, chunks of 33", 5, false, 1, 33, BatchPolicy::Static, true},
    {"rectangle of 16, chunks of 50", 16, true, 2, 50, BatchPolicy::Static, true},
    {"batch of 16", 16, true, 2, 0},
    {"batch of 16, one thread, chunks of 50", 16, true, 1, 50},
    {"batch of 16, cache off, three threads", 16, false, 3, 64},
};

constexpr int32_t kNewTokens = 14;
constexpr int32_t kContext = 160;

// Every kind of sampling, prompts from one token to several blocks.
std::vector<Request> makeRequests(uint64_t seed)
{
    SeededRandom random(seed);
    std::vector<Request> requests(16);
    for (size_t i = 0; i < requests.size(); ++i) {
        Request &request = requests[i];
        request.promptTokens = randomIds(1 + random.below(i % 3 == 0 ? 130 : 40), random);
        // Answers of different lengths: places of a continuous batch become free one by one.
        request.maxNewTokens = kNewTokens - static_cast<int32_t>(i % 5);
        request.ignoreEnd = true;
        request.sampling.seed = i;
        request.sampling.temperature = i % 4 == 0 ? 0.0f : 0.5f + 0.25f * static_cast<float>(i % 4);
        request.sampling.topK = i % 5 == 1 ? 20 : 0;
        request.sampling.topP = i % 5 == 2 ? 0.9f : 1.0f;
        request.sampling.minP = i % 5 == 3 ? 0.05f : 0.0f;
        request.sampling.repetitionPenalty = i % 3 == 1 ? 1.1f : 1.0f;
    }
    return requests;
}

struct Answer
{
    std::vector<TokenEvent> tokens;
    std::vector<std::vector<float>> logits; // that each token was drawn from, [vocabulary]
};

std::vector<Answer> answers(const std::shared_ptr<LoadedModel> &model,
                            const std::vector<Request> &requests, const Variant &variant,
                            DType cacheType)
{
    model->backend().setThreads(variant.threads);
    EngineOptions options;
    options.kvCache = variant.kvCache;
    options.maxSequences = static_cast<int32_t>(variant.batch);
    options.contextTokens = kContext;
    options.stepTokens = variant.stepTokens;
    options.cacheType = cacheType;
    options.policy = variant.policy;
    options.padding = variant.padding;
    std::vector<Answer> all(requests.size());
    options.lookAtLogits = [&all](RequestId id, std::span<const float> logits) {
        all.at(static_cast<size_t>(id)).logits.emplace_back(logits.begin(), logits.end());
    };
    const std::unique_ptr<Engine> engine = openEngine(model, options);
    for (const Request &request : requests)
        engine->submit(request);
    const auto outcomes = runToEnd(*engine);
    REQUIRE(outcomes.size() == requests.size());
    for (const auto &[id, outcome] : outcomes) {
        REQUIRE(outcome.reason == EndReason::Length);
        Answer &answer = all.at(static_cast<size_t>(id));
        answer.tokens = outcome.tokens;
        REQUIRE(answer.logits.size() == answer.tokens.size());
    }
    return all;
}

void checkSameLogits(const Answer &expected, const Answer &actual)
{
    REQUIRE(actual.logits.size() == expected.logits.size());
    for (size_t i = 0; i < expected.logits.size(); ++i) {
        CAPTURE(i);
        const std::vector<float> &row = expected.logits[i];
        REQUIRE(actual.logits[i].size() == row.size());
        REQUIRE(std::memcmp(actual.logits[i].data(), row.data(), row.size() * sizeof(float)) == 0);
    }
}

void checkSameTokens(const std::vector<TokenEvent> &expected, const std::vector<TokenEvent> &actual)
{
    const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
    REQUIRE(actual.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        REQUIRE(actual[i].id == expected[i].id);
        REQUIRE(bits(actual[i].probability) == bits(expected[i].probability));
        REQUIRE(actual[i].text == expected[i].text);
        REQUIRE(actual[i].runnersUp.size() == expected[i].runnersUp.size());
        for (size_t k = 0; k < expected[i].runnersUp.size(); ++k) {
            REQUIRE(actual[i].runnersUp[k].id == expected[i].runnersUp[k].id);
            REQUIRE(bits(actual[i].runnersUp[k].probability)
                    == bits(expected[i].runnersUp[k].probability));
        }
    }
}

void checkMatrix(const RandomModelSpec &spec, DType cacheType)
{
    const std::shared_ptr<LoadedModel> model = loadWritten(makeRandomModel(spec), 1);
    const std::vector<Request> requests = makeRequests(spec.seed);
    const auto expected = answers(model, requests, {"alone"}, cacheType);
    for (const Variant &variant : kVariants) {
        CAPTURE(variant.name);
        const auto actual = answers(model, requests, variant, cacheType);
        for (size_t i = 0; i < requests.size(); ++i) {
            CAPTURE(i);
            checkSameLogits(expected[i], actual[i]);
            checkSameTokens(expected[i].tokens, actual[i].tokens);
        }
    }
}

} // namespace

TEST_CASE("float weights, both cache types")
{
    RandomModelSpec spec;
    checkMatrix(spec, DType::F16);
    spec.seed = 2;
    spec.dtype = DType::F16;
    checkMatrix(spec, DType::F32);
}

TEST_CASE("quantised weights")
{
    for (const DType dtype : {DType::Q4_1, DType::Q8_0, DType::Q4_0}) {
        CAPTURE(dtypeInfo(dtype).name);
        RandomModelSpec spec;
        spec.dtype = dtype;
        spec.seed = 3;
        checkMatrix(spec, DType::F16);
    }
}

TEST_CASE("other shapes: wider, one key head, tied, llama3's frequencies")
{
    RandomModelSpec spec;
    spec.embedding = 192;
    spec.feedForward = 256;
    spec.heads = 3;
    spec.kvHeads = 1;
    spec.tiedOutput = true;
    spec.dtype = DType::Q4_1;
    spec.ropeFactors.assign(32, 2.0f);
    checkMatrix(spec, DType::F16);
}
