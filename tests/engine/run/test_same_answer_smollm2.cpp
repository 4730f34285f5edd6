// The default model gives one answer as well: with the cache and without, alone and in a batch.
#include "default_model.h"
#include "engine_runs.h"
#include "kernels/api/devices.h"

#include <cstring>

using namespace inferlab;
using namespace inferlab::test;

namespace {

struct Variant
{
    int32_t batch;
    bool kvCache;
    int threads;
};

using Logits = std::map<RequestId, std::vector<std::vector<float>>>; // of each token drawn

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

} // namespace

TEST_CASE("SmolLM2 says the same in every way")
{
    const std::shared_ptr<LoadedModel> model = loadOn(defaultModelPath());
    const Tokenizer &tokenizer = model->tokenizer();
    std::vector<Request> requests(3);
    const char *texts[] = {"The capital of France is", "def fibonacci(n):\n",
                           "Once upon a time there was a small village at the foot of a mountain, "
                           "where every morning the baker"};
    for (size_t i = 0; i < requests.size(); ++i) {
        requests[i].promptTokens = tokenizer.encode(texts[i], SpecialTokens::Plain);
        requests[i].maxNewTokens = 8;
        requests[i].ignoreEnd = true;
        requests[i].sampling.temperature = i == 0 ? 0.0f : 0.8f;
        requests[i].sampling.seed = i;
    }
    std::map<RequestId, Outcome> expected;
    Logits expectedLogits;
    for (const Variant &variant :
         {Variant {1, true, 1}, {1, false, 2}, {3, true, 2}, {3, false, 3}}) {
        CAPTURE(variant.batch);
        CAPTURE(variant.kvCache);
        CAPTURE(variant.threads);
        model->backend().setThreads(variant.threads);
        EngineOptions options;
        options.maxSequences = variant.batch;
        options.kvCache = variant.kvCache;
        options.contextTokens = 64;
        Logits found;
        options.lookAtLogits = [&found](RequestId id, std::span<const float> logits) {
            found[id].emplace_back(logits.begin(), logits.end());
        };
        const std::unique_ptr<Engine> engine = openEngine(model, options);
        for (const Request &request : requests)
            engine->submit(request);
        const auto outcomes = runToEnd(*engine);
        if (expected.empty()) {
            expected = outcomes;
            expectedLogits = found;
        }
        for (const auto &[id, outcome] : outcomes) {
            CAPTURE(id);
            const Outcome &first = expected.at(id);
            CHECK(outcome.text == first.text);
            REQUIRE(outcome.ids() == first.ids());
            REQUIRE(found.at(id).size() == first.tokens.size());
            for (size_t i = 0; i < first.tokens.size(); ++i) {
                CHECK(outcome.tokens[i].probability == first.tokens[i].probability);
                CHECK(sameBits(found.at(id)[i], expectedLogits.at(id)[i]));
            }
        }
    }
    CHECK(expected.at(0).text.find(" Paris") == 0);
}

// Instruction sets that multiply and add in one rounding agree in every operator; portable code
// rounds twice where it adds up floats, which may turn a near tie.
TEST_CASE("SmolLM2's greedy text is the same with AVX2, with AVX-512 and with tiles")
{
    std::map<RequestId, Outcome> expected;
    for (const std::string &isa : cpuInstructionSets()) {
        if (isa == "portable")
            continue;
        CAPTURE(isa);
        LoadOptions load;
        load.instructionSet = isa;
        const std::shared_ptr<LoadedModel> model = LoadedModel::load(defaultModelPath(), load);
        EngineOptions options;
        options.maxSequences = 2;
        options.contextTokens = 64;
        const std::unique_ptr<Engine> engine = openEngine(model, options);
        for (const char *text : {"The capital of France is", "def fibonacci(n):\n"}) {
            Request request;
            request.promptTokens = model->tokenizer().encode(text, SpecialTokens::Plain);
            request.maxNewTokens = 24;
            request.ignoreEnd = true;
            engine->submit(std::move(request));
        }
        const auto outcomes = runToEnd(*engine);
        if (expected.empty())
            expected = outcomes;
        for (const auto &[id, outcome] : outcomes)
            CHECK(outcome.ids() == expected.at(id).ids());
    }
}
