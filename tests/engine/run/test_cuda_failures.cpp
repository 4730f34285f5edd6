// A device that has no memory left in the middle of a run, or is lost there: the sequences end with
// a reason, what they held is free, what was measured stays. On the emulated module, whose device
// fails on demand; the loss comes last, for a lost device stays lost.
#include "engine/measure/recorder.h"
#include "engine_runs.h"
#include "support/environment_variable.h"

using namespace inferlab;
using namespace inferlab::test;

namespace {

std::filesystem::path modelFile(const ScratchFolder &folder)
{
    RandomModelSpec spec;
    spec.dtype = DType::Q8_0;
    const std::filesystem::path path = folder / "model.gguf";
    makeRandomModel(spec).write(path);
    return path;
}

EngineOptions optionsForTwo(bool stepGraphs)
{
    EngineOptions options;
    options.maxSequences = 2;
    options.contextTokens = 64;
    options.stepGraphs = stepGraphs;
    return options;
}

// Two requests of 5 and 9 tokens.
void submitTwo(Engine &engine, RunRecorder &recorder)
{
    SeededRandom random(3);
    for (const int32_t length : {5, 9}) {
        Request request;
        request.promptTokens = randomIds(static_cast<size_t>(length), random);
        request.maxNewTokens = 20;
        request.ignoreEnd = true;
        const RequestId id = engine.submit(std::move(request));
        recorder.submitted(id, 1, 1, length);
    }
}

void step(Engine &engine, RunRecorder &recorder, int steps)
{
    for (int i = 0; i < steps && !engine.idle(); ++i)
        recorder.add(engine.step());
}

std::vector<std::vector<int32_t>> tokensOf(const RunRecord &run)
{
    std::vector<std::vector<int32_t>> all;
    for (const RequestRecord &request : run.requests) {
        all.emplace_back();
        for (const TokenRecord &token : request.tokens)
            all.back().push_back(token.id);
    }
    return all;
}

constexpr int kWholeRun = 1000;

// Each phase took time; those of the step itself make it up, and with what is round it they lie in
// the host's span. A clock's tick is lost wherever a phase begins.
void checkPhases(const StepReport &report)
{
    constexpr int64_t kTicksNs = 100'000;
    const DevicePhases &phases = *report.devicePhases;
    for (const int64_t ns : {phases.uploadNs, phases.embedNs, phases.attentionNs, phases.productsNs,
                             phases.logitsNs, phases.samplingNs})
        CHECK(ns > 0);
    const int64_t inside = phases.totalNs() - phases.uploadNs - phases.samplingNs;
    CHECK(inside <= report.deviceNs + kTicksNs);
    CHECK(inside >= report.deviceNs * 9 / 10 - kTicksNs);
    CHECK(phases.totalNs() <= report.endNs - report.startNs + kTicksNs);
}

} // namespace

TEST_CASE("steps are timed by the device, and recorded ones give the same tokens")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto model = loadOn(modelFile(folder), 1, "cuda");
    std::vector<std::vector<std::vector<int32_t>>> answers;
    for (const bool graphs : {true, false}) {
        const auto engine = openEngine(model, optionsForTwo(graphs));
        RunRecorder recorder;
        submitTwo(*engine, recorder);
        int replayed = 0;
        int phased = 0;
        while (!engine->idle()) {
            const StepReport report = engine->step();
            recorder.add(report);
            CHECK(report.deviceNs > 0);
            CHECK(report.deviceNs <= report.endNs - report.startNs);
            replayed += report.replayed ? 1 : 0;
            CHECK(report.replayed == (report.launches > 0));
            phased += report.devicePhases ? 1 : 0;
            if (report.devicePhases)
                checkPhases(report);
        }
        // All but the prompts' step and the first that decodes, when it still is new.
        CHECK(replayed == (graphs ? 18 : 0));
        // The two that are the first of their kind; and of 19 that decode the seventeenth.
        CHECK(phased == (graphs ? 2 : 3));
        CHECK(recorder.record().steps.back().deviceNs > 0);
        answers.push_back(tokensOf(recorder.record()));
    }
    CHECK(answers[0] == answers[1]);
    CHECK(answers[0][0].size() == 20);
}

TEST_CASE("without the cache each step computes all rows again, and gives the same tokens")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto model = loadOn(modelFile(folder), 1, "cuda");
    std::vector<std::vector<std::vector<int32_t>>> answers;
    for (const bool kvCache : {true, false}) {
        EngineOptions options = optionsForTwo(true);
        options.kvCache = kvCache;
        options.batchInvariant = true; // a row's bits are the same in every step
        const auto engine = openEngine(model, options);
        RunRecorder recorder;
        submitTwo(*engine, recorder);
        step(*engine, recorder, kWholeRun);
        REQUIRE(engine->idle());
        answers.push_back(tokensOf(recorder.record()));
    }
    CHECK(answers[0][1].size() == 20);
    CHECK(answers[0] == answers[1]);
}

TEST_CASE("a recorded step is updated when block tables grow, and dropped when memory moves")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = modelFile(folder);
    std::vector<std::vector<int32_t>> answers;
    for (const bool graphs : {true, false}) {
        const auto model = loadOn(path, 1, "cuda");
        for (int engines = 0; engines < 2; ++engines) { // the second has other memory
            EngineOptions options;
            options.contextTokens = 400 + 100 * engines;
            options.stepGraphs = graphs;
            const auto engine = openEngine(model, options);
            Request request;
            SeededRandom random(4);
            request.promptTokens = randomIds(240, random);
            request.maxNewTokens = 40; // beyond 256 tokens, where tables are widened
            request.ignoreEnd = true;
            engine->submit(std::move(request));
            answers.emplace_back();
            while (!engine->idle()) {
                for (const TokenEvent &token : engine->step().tokens)
                    answers.back().push_back(token.id);
            }
        }
    }
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].size() == 40);
    for (size_t i = 1; i < answers.size(); ++i)
        CHECK(answers[i] == answers[0]);
}

TEST_CASE("no memory in the middle of a run ends its sequences, and the next run has all of it")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto model = loadOn(modelFile(folder), 1, "cuda");
    for (const bool graphs : {true, false}) {
        const auto engine = openEngine(model, optionsForTwo(graphs));
        RunRecorder whole;
        submitTwo(*engine, whole);
        step(*engine, whole, kWholeRun);

        RunRecorder recorder;
        submitTwo(*engine, recorder);
        step(*engine, recorder, 6);
        {
            const EnvironmentVariable full("INFERLAB_EMULATED_FULL", graphs ? "0" : "7");
            step(*engine, recorder, 1);
        }
        CHECK(engine->idle());
        for (const RequestRecord &request : recorder.record().requests) {
            CHECK(request.endReason == EndReason::Error);
            CHECK(request.message == "out of memory");
            CHECK(request.tokens.size() == 6);
        }

        // Twice, for what was not given back would be missing.
        for (int again = 0; again < 2; ++again) {
            RunRecorder after;
            submitTwo(*engine, after);
            step(*engine, after, kWholeRun);
            CHECK(tokensOf(after.record()) == tokensOf(whole.record()));
        }
    }
}

TEST_CASE("an engine gives its device memory back")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto model = loadOn(modelFile(folder), 1, "cuda");
    { // the workspace grows to the largest engine and stays
        const auto engine = openEngine(model, optionsForTwo(true));
    }
    const std::optional<size_t> before = model->backend().device().freeBytes;
    REQUIRE(before);
    {
        const auto engine = openEngine(model, optionsForTwo(true));
        CHECK(*model->backend().device().freeBytes < *before);
    }
    CHECK(model->backend().device().freeBytes == before);
}

TEST_CASE("a lost device ends the run with its error, keeps what was measured, and the CPU goes on")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const std::filesystem::path path = modelFile(folder);
    const auto model = loadOn(path, 1, "cuda");
    const auto engine = openEngine(model, optionsForTwo(false));
    RunRecorder recorder;
    submitTwo(*engine, recorder);
    step(*engine, recorder, 4);
    const EnvironmentVariable loss("INFERLAB_EMULATED_LOSS", "9");
    step(*engine, recorder, 1);
    CHECK(engine->idle());
    for (const RequestRecord &request : recorder.record().requests) {
        CHECK(request.endReason == EndReason::Error);
        CHECK(request.message.find("999); the CPU can go on") != std::string::npos);
        CHECK(request.tokens.size() == 4);
    }

    // Again: the same reason, no crash.
    RunRecorder again;
    submitTwo(*engine, again);
    step(*engine, again, kWholeRun);
    CHECK(engine->idle());
    CHECK(again.record().requests.front().endReason == EndReason::Error);

    const auto cpu = openEngine(loadOn(path, 1, "cpu"), optionsForTwo(false));
    RunRecorder onCpu;
    submitTwo(*cpu, onCpu);
    step(*cpu, onCpu, kWholeRun);
    for (const RequestRecord &request : onCpu.record().requests)
        CHECK(request.endReason == EndReason::Length);
}
