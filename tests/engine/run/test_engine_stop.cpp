// Ending requests from outside: cancel() between steps, requestStop() from another thread.
#include "engine_runs.h"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace inferlab;
using namespace inferlab::test;

namespace {

Request longRequest(std::vector<int32_t> prompt, uint64_t seed)
{
    Request request;
    request.promptTokens = std::move(prompt);
    request.maxNewTokens = 400;
    request.ignoreEnd = true;
    request.sampling.temperature = 1.0f;
    request.sampling.seed = seed;
    return request;
}

EngineOptions optionsFor(int32_t sequences, bool kvCache = true)
{
    EngineOptions options;
    options.maxSequences = sequences;
    options.contextTokens = 512;
    options.kvCache = kvCache;
    return options;
}

} // namespace

TEST_CASE("cancelling one sequence of a batch ends it and changes nothing for the others")
{
    const auto model = loadWritten(makeRandomModel({}));
    const auto run = [&](bool cancels) {
        const auto engine = openEngine(model, optionsFor(3));
        for (uint64_t i = 0; i < 3; ++i)
            engine->submit(longRequest({10, 20, 30}, i));
        int steps = 0;
        return runToEnd(*engine, [&](const StepReport &) {
            if (++steps == 20 && cancels)
                engine->cancel(1);
        });
    };
    const auto whole = run(false);
    const auto cut = run(true);
    CHECK(cut.at(1).reason == EndReason::Cancelled);
    CHECK(cut.at(1).ids().size() == 20);
    const std::vector<int32_t> all = whole.at(1).ids();
    CHECK(cut.at(1).ids() == std::vector<int32_t>(all.begin(), all.begin() + 20));
    CHECK(cut.at(0).ids() == whole.at(0).ids());
    CHECK(cut.at(2).ids() == whole.at(2).ids());
    CHECK(cut.at(2).reason == EndReason::Length);
}

TEST_CASE("a request may be cancelled before it starts, in the middle of its prompt, and in vain")
{
    const auto model = loadWritten(makeRandomModel({}));
    EngineOptions options = optionsFor(1);
    options.stepTokens = 16;
    const auto engine = openEngine(model, options);
    SeededRandom random(2);
    engine->submit(longRequest(randomIds(100, random), 1));
    const RequestId waiting = engine->submit(longRequest({4}, 2));
    engine->submit(longRequest({4}, 3));
    engine->cancel(99); // no such request
    engine->step();
    engine->cancel(0);
    engine->cancel(waiting);
    const auto outcomes = runToEnd(*engine);
    CHECK(outcomes.at(0).reason == EndReason::Cancelled);
    CHECK(outcomes.at(0).ids().empty());
    CHECK(outcomes.at(waiting).reason == EndReason::Cancelled);
    CHECK(outcomes.at(waiting).timesStarted == 0);
    CHECK(outcomes.at(2).reason == EndReason::Length);
    CHECK(outcomes.at(2).ids().size() == 400);
    engine->cancel(2); // has ended
    CHECK(engine->idle());
}

TEST_CASE("requestStop from another thread ends every open request, in prefill and in decode")
{
    RandomModelSpec spec;
    spec.layers = 4;
    spec.contextTokens = 4096;
    const auto model = loadWritten(makeRandomModel(spec));
    for (const bool kvCache : {true, false}) {
        for (const int32_t waitFor : {0, 1, 5}) {
            CAPTURE(kvCache);
            CAPTURE(waitFor);
            EngineOptions options = optionsFor(2, kvCache);
            options.contextTokens = 4096;
            const auto engine = openEngine(model, options);
            SeededRandom random(3);
            for (uint64_t i = 0; i < 3; ++i) {
                Request request = longRequest(randomIds(1500, random), i);
                request.maxNewTokens = 2500; // seconds of work: the stop comes long before its end
                engine->submit(std::move(request));
            }
            std::atomic<int> tokens {0};
            std::atomic<bool> begun {false};
            std::thread stopper([&] {
                while (!begun || tokens < waitFor)
                    std::this_thread::yield();
                engine->requestStop();
            });
            begun = true;
            const auto outcomes = runToEnd(*engine, [&](const StepReport &report) {
                tokens += static_cast<int>(report.tokens.size());
                // Of the step that gave up as of all others: what was done, not what was begun.
                const auto next = std::count_if(report.tokens.begin(), report.tokens.end(),
                                                [](const TokenEvent &e) { return e.index > 0; });
                CHECK(report.decodeTokens == next);
            });
            stopper.join();
            REQUIRE(outcomes.size() == 3);
            for (const auto &[id, outcome] : outcomes)
                CHECK(outcome.reason == EndReason::Cancelled);
            CHECK(outcomes.at(2).timesStarted == 0);
        }
    }
}

TEST_CASE("a stopped engine goes on with what is submitted afterwards")
{
    const auto model = loadWritten(makeRandomModel({}));
    const auto fresh = [&] {
        const auto engine = openEngine(model, optionsFor(1));
        engine->submit(longRequest({10, 20}, 7));
        return runToEnd(*engine).at(0).ids();
    }();
    const auto engine = openEngine(model, optionsFor(1));
    engine->requestStop(); // nothing is open: nothing to end
    engine->submit(longRequest({10, 20}, 7));
    CHECK(runToEnd(*engine).at(0).ids() == fresh);
    engine->submit(longRequest({10, 20}, 7));
    engine->step();
    engine->requestStop();
    CHECK(runToEnd(*engine).at(1).reason == EndReason::Cancelled);
    engine->requestStop(); // came too late for that one
    engine->submit(longRequest({10, 20}, 7));
    CHECK(runToEnd(*engine).at(2).ids() == fresh);
}

TEST_CASE("a stop between two draws ends the step there: it reports the tokens that it took")
{
    const auto model = loadWritten(makeRandomModel({}));
    EngineOptions options = optionsFor(8);
    Engine *running = nullptr;
    int shown = 0;
    options.lookAtLogits = [&](RequestId, std::span<const float> logits) {
        CHECK(logits.size() == 512);
        if (++shown == 2 * 8 + 3) // the third draw of the third step
            running->requestStop();
    };
    const auto engine = openEngine(model, options);
    running = engine.get();
    for (uint64_t i = 0; i < 8; ++i)
        engine->submit(longRequest({10, 20, 30}, i));
    CHECK(engine->step().tokens.size() == 8);
    CHECK(engine->step().tokens.size() == 8);
    const StepReport last = engine->step();
    CHECK(last.tokens.size() == 3);
    CHECK(last.decodeTokens == 3);
    CHECK(last.finished.size() == 8);
    for (const FinishedRequest &finished : last.finished)
        CHECK(finished.reason == EndReason::Cancelled);
    CHECK(engine->idle());
    CHECK(shown == 2 * 8 + 3);
}
