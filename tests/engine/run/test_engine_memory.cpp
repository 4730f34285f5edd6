// Memory is computed before it is taken: what opening an engine, its requests and its steps take
// from the heap, against the plan.
#include "counted_memory.h"
#include "engine_runs.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int32_t kSequences = 24;
constexpr int32_t kContext = 120;
constexpr int32_t kPrompt = 40;

// Objects of fixed size: the engine, its buffers' owners, the list of waiting requests.
constexpr int64_t kObjectBytes = 16 * 1024;

// A vocabulary large enough for a scratch per sequence to be most of all memory.
std::shared_ptr<LoadedModel> modelWithVocabulary()
{
    RandomModelSpec spec;
    spec.vocabulary = 8192;
    spec.embedding = 32;
    spec.heads = 2;
    spec.kvHeads = 1;
    return loadWritten(makeRandomModel(spec));
}

EngineOptions makeOptions(bool kvCache, DType cacheType, bool padding = false)
{
    EngineOptions options;
    options.maxSequences = kSequences;
    options.contextTokens = kContext;
    options.kvCache = kvCache;
    options.cacheType = cacheType;
    options.padding = padding;
    return options;
}

// Each kind of sampling, since each uses other parts of the scratch.
Request makeRequest(int32_t index, int32_t newTokens)
{
    SeededRandom random(static_cast<uint64_t>(index) + 1);
    Request request;
    request.promptTokens = randomIds(kPrompt, random, 8192);
    request.maxNewTokens = newTokens;
    request.ignoreEnd = true;
    request.sampling.seed = static_cast<uint64_t>(index);
    request.sampling.temperature = index % 6 == 0 ? 0.0f : 1.5f;
    request.sampling.topK = index % 6 == 1 ? 3000 : 0;
    request.sampling.topP = index % 6 == 2 ? 0.99f : 1.0f;
    request.sampling.minP = index % 6 == 3 ? 0.01f : 0.0f;
    request.sampling.repetitionPenalty = index % 6 == 4 ? 1.2f : 1.0f;
    return request;
}

} // namespace

TEST_CASE("opening an engine and submitting its requests take what was planned")
{
    for (const bool kvCache : {true, false}) {
        for (const DType cacheType : {DType::F16, DType::F32}) {
            CAPTURE(kvCache);
            CAPTURE(dtypeInfo(cacheType).name);
            const auto model = modelWithVocabulary(); // its backend has no workspace yet
            const EngineOptions options = makeOptions(kvCache, cacheType);
            const MemoryPlan plan = planMemory(*model, options);
            const auto planned = static_cast<int64_t>(plan.cacheBytes + plan.workspaceBytes);
            const int64_t before = heapCount().bytes;
            const auto engine = openEngine(model, options);
            for (int32_t i = 0; i < kSequences; ++i)
                engine->submit(makeRequest(i, kContext));
            const int64_t taken = heapCount().bytes - before;
            CHECK(taken <= planned + kObjectBytes);
            CHECK(taken >= planned * 95 / 100); // nor does the plan ask for what nobody takes
            CHECK(engine->memory().totalBytes() == plan.totalBytes());
        }
    }
}

TEST_CASE("steps take nothing but their reports, and decoding takes one array for each")
{
    const auto model = modelWithVocabulary();
    for (const auto &[kvCache, padding] : {std::pair {true, false}, std::pair {false, false},
                                           std::pair {true, true}, std::pair {false, true}}) {
        CAPTURE(kvCache);
        CAPTURE(padding);
        const auto engine = openEngine(model, makeOptions(kvCache, DType::F16, padding));
        for (int32_t i = 0; i < kSequences; ++i) // some end early, and are pads from then on
            engine->submit(makeRequest(i, i % 4 == 3 && padding ? 8 : 20));
        const int64_t open = heapCount().bytes;
        constexpr auto kTokenBytes = static_cast<int64_t>(sizeof(TokenEvent));
        constexpr auto kOtherBytes =
            static_cast<int64_t>(sizeof(FinishedRequest) + sizeof(PrefillProgress) + 64);
        constexpr int64_t kMostReportBytes = kSequences * (kTokenBytes + 2 * kOtherBytes);
        int decodeSteps = 0;
        for (int steps = 0; !engine->idle(); ++steps) {
            REQUIRE(steps < 10000);
            restartPeak();
            const HeapCount before = heapCount();
            const StepReport report = engine->step();
            const HeapCount after = heapCount();
            REQUIRE(after.mostBytes <= open + kMostReportBytes);
            if (report.decodeTokens == 0 || report.prefillTokens > 0 || !report.finished.empty())
                continue;
            ++decodeSteps;
            // Pieces of this vocabulary are short enough to lie in their strings.
            REQUIRE(after.allocations - before.allocations <= 1);
        }
        CHECK(decodeSteps >= 17); // of 19, without those in which one ended
    }
}

TEST_CASE(
    "wherever memory runs out in a step, every request ends once and the engine can be used on")
{
    const auto model = modelWithVocabulary();
    const auto engine = openEngine(model, makeOptions(true, DType::F16));
    const auto answer = [&engine] {
        engine->submit(makeRequest(1, 5));
        const auto outcomes = runToEnd(*engine);
        return outcomes.begin()->second.ids();
    };
    const std::vector<int32_t> expected = answer();
    RequestId next = 1;
    for (const int stepsBefore : {0, 1, 4}) { // prefill, its next chunk, decode
        bool failed = true;
        for (int64_t firstFailure = 0; failed; ++firstFailure) {
            CAPTURE(stepsBefore);
            CAPTURE(firstFailure);
            REQUIRE(firstFailure < 100);
            for (int32_t i = 0; i < 4; ++i)
                engine->submit(makeRequest(i, 8));
            std::vector<FinishedRequest> finished;
            const auto keep = [&finished](const StepReport &report) {
                finished.insert(finished.end(), report.finished.begin(), report.finished.end());
            };
            for (int i = 0; i < stepsBefore; ++i)
                keep(engine->step());
            engine->cancel(next + 3);
            failed = false;
            std::optional<StepReport> report;
            try {
                const FailingHeap heap(firstFailure);
                report = engine->step();
            } catch (const std::bad_alloc &) {
                failed = true; // nobody could be told; the next step does
            }
            if (report)
                keep(*report);
            while (!engine->idle())
                keep(engine->step());
            REQUIRE(finished.size() == 4);
            for (const FinishedRequest &one : finished) {
                REQUIRE(one.request >= next);
                REQUIRE(one.request < next + 4);
                const bool ended = one.reason == EndReason::Error;
                failed = failed || ended;
                REQUIRE(one.message == (ended ? "out of memory" : ""));
            }
            std::sort(finished.begin(), finished.end(),
                      [](const auto &a, const auto &b) { return a.request < b.request; });
            for (size_t i = 0; i < 4; ++i)
                REQUIRE(finished[i].request == next + static_cast<RequestId>(i));
            CHECK(finished[3].reason == EndReason::Cancelled);
            CHECK(answer() == expected); // no block of the cache was lost
            next += 5;
        }
    }
}
