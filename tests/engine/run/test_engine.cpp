// The engine's step loop: what it refuses, what it reports, and how requests end.
#include "engine_runs.h"

#include "engine/base/error.h"
#include "engine/run/memory_plan.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

using namespace inferlab;
using namespace inferlab::test;

namespace {

Request makeRequest(std::vector<int32_t> prompt, int32_t maxNewTokens)
{
    Request request;
    request.promptTokens = std::move(prompt);
    request.maxNewTokens = maxNewTokens;
    request.ignoreEnd = true;
    return request;
}

std::string refusal(const std::function<void()> &act)
{
    try {
        act();
    } catch (const InputError &error) {
        return error.what();
    }
    return "accepted";
}

std::shared_ptr<LoadedModel> smallModel()
{
    return loadWritten(makeRandomModel({}));
}

EngineOptions optionsFor(int32_t sequences, int32_t context)
{
    EngineOptions options;
    options.maxSequences = sequences;
    options.contextTokens = context;
    return options;
}

} // namespace

TEST_CASE("a request that can never run is refused when it is submitted")
{
    const auto model = smallModel();
    const auto engine = openEngine(model, optionsFor(1, 16));
    const auto submit = [&](std::vector<int32_t> prompt, int32_t maxNewTokens) {
        return refusal([&] { engine->submit(makeRequest(std::move(prompt), maxNewTokens)); });
    };
    CHECK(submit({}, 1) == "prompt: expected at least one token, found none");
    CHECK(submit({512}, 1) == "prompt: expected token ids from 0 to 511, found 512");
    CHECK(submit({5, -1}, 1).find("found -1") != std::string::npos);
    CHECK(submit({5}, 0).find("new tokens") == 0);
    CHECK(submit(std::vector<int32_t>(16, 5), 1).find("fewer than 16 tokens") != std::string::npos);
    Request hot = makeRequest({5}, 1);
    hot.sampling.temperature = -1.0f;
    CHECK(refusal([&] { engine->submit(hot); }).find("temperature") == 0);
    CHECK(engine->idle());
    CHECK(submit(std::vector<int32_t>(15, 5), 1) == "accepted");
    CHECK(runToEnd(*engine).at(0).ids().size() == 1);
}

TEST_CASE("options out of range are refused, and what does not fit says what would")
{
    const auto model = smallModel();
    const auto open = [&](const EngineOptions &options) {
        return refusal([&] { openEngine(model, options); });
    };
    CHECK(open(optionsFor(0, 16)).find("batch size") == 0);
    CHECK(open(optionsFor(257, 16)).find("batch size") == 0);
    CHECK(open(optionsFor(1, 513)).find("context") == 0);
    EngineOptions options = optionsFor(8, 16);
    options.stepTokens = 7; // every sequence needs a row
    CHECK(open(options).find("tokens of one step (chunk)") == 0);
    options = optionsFor(2, 16);
    options.padding = true;
    options.policy = BatchPolicy::Continuous;
    CHECK(open(options)
          == "padding: expected off, since a continuous batch is no rectangle, found on");
    options = optionsFor(1, 16);
    options.cacheType = DType::Q8_0; // heads of 16
    CHECK(open(options).find("cache type: attention: with a cache of Q8_0, heads of a multiple of "
                             "32 elements were expected, found 16")
          == 0);
    options.cacheType = DType::Q4_0;
    CHECK(open(options).find("cache type: attention: a cache of F32, F16 or Q8_0") == 0);
}

TEST_CASE("an idle engine steps without doing anything")
{
    const auto model = smallModel();
    const auto engine = openEngine(model, optionsFor(1, 16));
    CHECK(engine->idle());
    const StepReport report = engine->step();
    CHECK(report.idle);
    CHECK(report.tokens.empty());
    CHECK(report.running == 0);
}

TEST_CASE("a run reports its start, its prefill, its tokens and its end once each")
{
    const auto model = smallModel();
    EngineOptions options = optionsFor(3, 128);
    options.stepTokens = 16;
    const auto engine = openEngine(model, options);
    SeededRandom random(1);
    const std::vector<int32_t> lengths {50, 7, 33};
    for (const int32_t length : lengths)
        engine->submit(makeRequest(randomIds(static_cast<size_t>(length), random), 9));
    int32_t prefilled = 0;
    int32_t decoded = 0;
    const auto outcomes = runToEnd(*engine, [&](const StepReport &report) {
        CHECK(report.prefillTokens + report.decodeTokens <= 16);
        CHECK(report.waiting == 0);
        prefilled += report.prefillTokens;
        decoded += report.decodeTokens;
    });
    CHECK(prefilled == 90);
    CHECK(decoded == 3 * 8); // the first token of each comes with its prefill
    for (size_t i = 0; i < lengths.size(); ++i) {
        const Outcome &outcome = outcomes.at(static_cast<RequestId>(i));
        CHECK(outcome.reason == EndReason::Length);
        CHECK(outcome.ids().size() == 9);
        CHECK(outcome.timesStarted == 1);
        CHECK(outcome.prefill.back().doneTokens == lengths[i]);
        CHECK(std::is_sorted(
            outcome.prefill.begin(), outcome.prefill.end(),
            [](const auto &a, const auto &b) { return a.doneTokens < b.doneTokens; }));
    }
}

TEST_CASE("more requests than fit wait until the batch before them has ended")
{
    const auto model = smallModel();
    const auto engine = openEngine(model, optionsFor(2, 64));
    for (int32_t i = 0; i < 5; ++i)
        engine->submit(makeRequest({10 + i}, 3 + i));
    std::vector<StepReport> reports;
    runToEnd(*engine, [&](const StepReport &report) { reports.push_back(report); });
    CHECK(reports.front().waiting == 3);
    CHECK(reports.front().started == std::vector<RequestId> {0, 1});
    std::vector<RequestId> order;
    int32_t mostRunning = 0;
    for (const StepReport &report : reports) {
        mostRunning = std::max(mostRunning, report.running);
        for (const FinishedRequest &finished : report.finished)
            order.push_back(finished.request);
    }
    CHECK(mostRunning == 2);
    CHECK(order == std::vector<RequestId> {0, 1, 2, 3, 4});
}

TEST_CASE("256 sequences advance together")
{
    const auto model = smallModel();
    const auto engine = openEngine(model, optionsFor(256, 24));
    SeededRandom random(4);
    for (int32_t i = 0; i < 256; ++i)
        engine->submit(makeRequest(randomIds(1 + random.below(12), random), 4));
    int32_t mostRunning = 0;
    const auto outcomes = runToEnd(*engine, [&](const StepReport &report) {
        mostRunning = std::max(mostRunning, report.decodeTokens);
    });
    CHECK(mostRunning == 256);
    CHECK(outcomes.size() == 256);
    for (const auto &[id, outcome] : outcomes)
        CHECK(outcome.ids().size() == 4);
}

TEST_CASE("a full context ends a sequence as its limit does")
{
    const auto model = smallModel();
    for (const bool kvCache : {true, false}) {
        CAPTURE(kvCache);
        EngineOptions options = optionsFor(1, 40);
        options.kvCache = kvCache;
        const auto engine = openEngine(model, options);
        engine->submit(makeRequest({9, 8, 7}, 1000));
        const Outcome outcome = runToEnd(*engine).at(0);
        CHECK(outcome.reason == EndReason::Length);
        CHECK(outcome.ids().size() == 37);
    }
}

TEST_CASE("an end token ends a sequence unless it is told to go on")
{
    // An output matrix of zeros makes all logits equal: greedy takes id 0, <|endoftext|>.
    GgufWriter writer = makeRandomModel({});
    std::string rows(512 * 64 * sizeof(float), '\0');
    writer.tensor("output.weight").data = [rows] { return rows; };
    const auto model = loadWritten(writer);
    const auto run = [&](bool ignoreEnd) {
        const auto engine = openEngine(model, optionsFor(1, 16));
        Request request = makeRequest({5, 6}, 4);
        request.ignoreEnd = ignoreEnd;
        engine->submit(request);
        return runToEnd(*engine).at(0);
    };
    const Outcome stopped = run(false);
    CHECK(stopped.reason == EndReason::Stop);
    CHECK(stopped.ids() == std::vector<int32_t> {0});
    CHECK(stopped.text.empty()); // a control token has a name, and no text
    CHECK(stopped.tokens.front().piece == "<|endoftext|>");
    const Outcome going = run(true);
    CHECK(going.reason == EndReason::Length);
    CHECK(going.ids() == std::vector<int32_t> {0, 0, 0, 0});
}

TEST_CASE("a sequence whose logits are no numbers ends with an error; the others go on")
{
    // The embedding of token 300 is NaN: whoever has it in the prompt gets NaN logits.
    GgufWriter writer = makeRandomModel({});
    std::string bytes = writer.tensor("token_embd.weight").data();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(bytes.data() + 300 * 64 * sizeof(float), &nan, sizeof(nan));
    writer.tensor("token_embd.weight").data = [bytes] { return bytes; };
    const auto model = loadWritten(writer);
    const auto engine = openEngine(model, optionsFor(3, 16));
    engine->submit(makeRequest({5, 6}, 4));
    engine->submit(makeRequest({5, 300, 6}, 4));
    engine->submit(makeRequest({7}, 4));
    const auto outcomes = runToEnd(*engine);
    CHECK(outcomes.at(1).reason == EndReason::Error);
    CHECK(outcomes.at(1).message.find("NaN") != std::string::npos);
    CHECK(outcomes.at(1).ids().empty());
    const auto alone = openEngine(model, optionsFor(1, 16));
    alone->submit(makeRequest({7}, 4));
    CHECK(outcomes.at(2).ids() == runToEnd(*alone).at(0).ids());
    CHECK(outcomes.at(0).reason != EndReason::Error);
}

TEST_CASE("the plan of memory follows the options")
{
    const auto model = smallModel();
    EngineOptions options = optionsFor(8, 100);
    const MemoryPlan plan = planMemory(*model, options);
    // 2 layers, keys and values, 2 heads of 16, 2 bytes; 100 tokens take 4 blocks of 32.
    CHECK(plan.cacheBytes == size_t {8} * 128 * 2 * 2 * 2 * 16 * 2);
    CHECK(plan.weightBytes == model->identity().weightBytes);
    CHECK(plan.workspaceBytes > 0);
    options.kvCache = false; // nothing is kept: four sequences at once at most
    CHECK(planMemory(*model, options).cacheBytes == plan.cacheBytes / 2);
    options.cacheType = DType::F32;
    CHECK(planMemory(*model, options).cacheBytes == plan.cacheBytes);
}

TEST_CASE(
    "what does not fit is refused, also where nothing is free; unknown memory refuses nothing")
{
    MemoryPlan plan;
    plan.cacheBytes = 800;
    plan.workspaceBytes = 100;
    const EngineOptions options = optionsFor(8, 16);
    const auto refusalWith = [&](std::optional<size_t> freeBytes) {
        plan.freeBytes = freeBytes;
        CHECK(plan.fits() == !(freeBytes && *freeBytes < 900));
        return refusal([&] { requireFits(plan, options); });
    };
    CHECK(refusalWith(std::nullopt) == "accepted");
    CHECK(refusalWith(900) == "accepted");
    CHECK(refusalWith(899).find("batch 7 would fit") != std::string::npos);
    CHECK(refusalWith(150).find("would fit") == std::string::npos);
    CHECK(refusalWith(0).find("memory: expected at most 0") == 0);
}

TEST_CASE("who waits begins when the whole batch has ended, or when one of it has")
{
    const auto model = smallModel();
    const auto stepsUntilStarted = [&](BatchPolicy policy) {
        EngineOptions options = optionsFor(2, 64);
        options.policy = policy;
        const auto engine = openEngine(model, options);
        const std::vector<int32_t> wanted {2, 9, 4, 1};
        for (const int32_t newTokens : wanted)
            engine->submit(makeRequest({5, 6, 7}, newTokens));
        std::vector<int> startedAt(wanted.size(), -1);
        int step = 0;
        const auto outcomes = runToEnd(*engine, [&](const StepReport &report) {
            CHECK(report.running <= 2);
            for (const RequestId id : report.started)
                startedAt[static_cast<size_t>(id)] = step;
            ++step;
        });
        for (size_t i = 0; i < wanted.size(); ++i)
            CHECK(outcomes.at(static_cast<RequestId>(i)).ids().size()
                  == static_cast<size_t>(wanted[i]));
        return startedAt;
    };
    CHECK(stepsUntilStarted(BatchPolicy::Static) == std::vector<int> {0, 0, 9, 9});
    CHECK(stepsUntilStarted(BatchPolicy::Continuous) == std::vector<int> {0, 0, 2, 6});
}

namespace {

struct StepRows
{
    int32_t prefill = 0, decode = 0, recomputed = 0, padded = 0, running = 0;
    bool operator==(const StepRows &) const = default;
};

// Prompts of 5, 2 and 4 tokens with answers of 1, 3 and 2, as a rectangle.
std::vector<StepRows> rectangleSteps(const EngineOptions &options)
{
    const auto engine = openEngine(smallModel(), options);
    engine->submit(makeRequest({5, 6, 7, 8, 9}, 1));
    engine->submit(makeRequest({5, 6}, 3));
    engine->submit(makeRequest({5, 6, 7, 8}, 2));
    std::vector<StepRows> steps;
    runToEnd(*engine, [&](const StepReport &report) {
        steps.push_back({report.prefillTokens, report.decodeTokens, report.recomputedTokens,
                         report.paddedTokens, report.running});
    });
    return steps;
}

} // namespace

TEST_CASE("a rectangle pads prompts to the longest, and the ended until the last has")
{
    EngineOptions options = optionsFor(3, 32);
    options.padding = true;
    CHECK(rectangleSteps(options)
          == std::vector<StepRows> {{11, 0, 0, 4, 3}, {0, 2, 0, 1, 2}, {0, 1, 0, 2, 1}});
    options.stepTokens = 4; // 15 rows in chunks; the last row of the second prompt is the seventh
    CHECK(rectangleSteps(options)
          == std::vector<StepRows> {{4, 0, 0, 0, 1},
                                    {3, 0, 0, 1, 2},
                                    {2, 0, 0, 2, 2},
                                    {2, 0, 0, 1, 1},
                                    {0, 2, 0, 1, 2},
                                    {0, 1, 0, 2, 1}});
    options.stepTokens = 0;
    options.kvCache = false; // 3 rows of 5, of 6, of 7
    CHECK(rectangleSteps(options)
          == std::vector<StepRows> {{11, 0, 0, 4, 3}, {0, 2, 6, 10, 2}, {0, 1, 3, 17, 1}});
    options.padding = false;
    CHECK(rectangleSteps(options)
          == std::vector<StepRows> {{11, 0, 0, 0, 3}, {0, 2, 6, 0, 2}, {0, 1, 3, 0, 1}});
}

TEST_CASE("a rectangle goes on when one of it is cancelled, and leaves all of its blocks")
{
    const auto model = smallModel();
    for (const bool kvCache : {true, false}) {
        CAPTURE(kvCache);
        EngineOptions options = optionsFor(2, 40);
        options.padding = true;
        options.kvCache = kvCache;
        options.stepTokens = 7;
        const auto engine = openEngine(model, options);
        const auto alone = openEngine(model, optionsFor(1, 40));
        alone->submit(makeRequest({9, 8, 7}, 1000));
        const std::vector<int32_t> expected = runToEnd(*alone).at(0).ids();
        for (RequestId first = 0; first < 6; first += 2) { // blocks that were lost would be missed
            engine->submit(makeRequest(std::vector<int32_t>(20, 5), 1000));
            engine->submit(makeRequest({9, 8, 7}, 1000));
            if (first == 2)
                engine->cancel(first); // before it began
            int steps = 0;
            const auto outcomes = runToEnd(*engine, [&](const StepReport &) {
                if (first == 4 && ++steps == 2)
                    engine->cancel(first); // in the middle of its prompt
            });
            CHECK(outcomes.at(first).reason
                  == (first == 0 ? EndReason::Length : EndReason::Cancelled));
            CHECK(outcomes.at(first + 1).reason == EndReason::Length);
            CHECK(outcomes.at(first + 1).ids() == expected);
        }
    }
}
