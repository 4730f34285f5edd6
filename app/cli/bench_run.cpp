#include "bench_run.h"

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/interrupt_watch.h"
#include "engine/measure/metrics.h"
#include "engine/measure/recorder.h"
#include "engine/model/weights.h"
#include "engine/run/engine.h"
#include "engine/run/memory_plan.h"
#include "engine/run/random.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>

namespace inferlab::cli {

namespace {

constexpr int32_t kWarmUpTokens = 4; // enough to touch every weight and buffer once

std::vector<int32_t> randomPrompt(int32_t tokens, int32_t vocabulary, int32_t sequence)
{
    Random random(static_cast<uint64_t>(sequence) + 1);
    std::vector<int32_t> ids(static_cast<size_t>(tokens));
    for (int32_t &id : ids)
        id = static_cast<int32_t>(random.next() % static_cast<uint64_t>(vocabulary));
    return ids;
}

// The longer of the two measurements, and the token that ends a prefill. Throws InputError when the
// model has no context for that.
EngineOptions engineOptions(const LoadedModel &model, const BenchPlan &plan)
{
    EngineOptions options;
    options.maxSequences = plan.batch;
    options.stepTokens = plan.chunkTokens;
    options.cacheType = plan.cacheType;
    options.batchInvariant = plan.batchInvariant;
    options.stepGraphs = plan.stepGraphs;
    const int64_t context = int64_t {plan.depth} + 1 + std::max(plan.promptTokens, plan.newTokens);
    if (context > model.config().contextTokens)
        throw InputError("bench", "",
                         "depth and prompt, or depth and new tokens, of at most "
                             + std::to_string(model.config().contextTokens - 1)
                             + " tokens (the model's context)",
                         std::to_string(context - 1));
    options.contextTokens = static_cast<int32_t>(context);
    return options;
}

class Bench
{
public:
    Bench(const std::shared_ptr<LoadedModel> &model, const BenchPlan &plan,
          const std::atomic<bool> &interrupted)
        : m_model(*model)
        , m_plan(plan)
        , m_interrupted(interrupted)
        , m_engine(openEngine(model, engineOptions(*model, plan)))
    { }

    // tok/s of the prompts' last promptTokens. A step that holds rows of the depth as well counts
    // with the measured rows' share of its time.
    double prefill(BenchResult &result);
    // tok/s of the steps after every sequence has its first token.
    double decode(int32_t newTokens, BenchResult &result);
    uint64_t checksum() const noexcept { return m_checksum; }
    void resetChecksum() noexcept { m_checksum = kFnvBasis; }

private:
    // FNV-1a, 64 bits.
    static constexpr uint64_t kFnvBasis = 0xcbf29ce484222325u;
    static constexpr uint64_t kFnvPrime = 0x100000001b3u;

    void submit(int32_t promptTokens, int32_t newTokens, RunRecorder &recorder);
    void drive(RunRecorder &recorder, const std::function<void(const StepReport &)> &look);

    LoadedModel &m_model;
    BenchPlan m_plan;
    const std::atomic<bool> &m_interrupted;
    std::unique_ptr<Engine> m_engine;
    uint64_t m_checksum = kFnvBasis;
};

void Bench::submit(int32_t promptTokens, int32_t newTokens, RunRecorder &recorder)
{
    for (int32_t i = 0; i < m_plan.batch; ++i) {
        Request request;
        request.promptTokens = randomPrompt(promptTokens, m_model.config().vocabulary, i);
        request.maxNewTokens = newTokens;
        request.ignoreEnd = true;
        const int64_t now = nowNs();
        request.scheduledNs = now;
        recorder.submitted(m_engine->submit(std::move(request)), now, now, promptTokens);
    }
}

void Bench::drive(RunRecorder &recorder, const std::function<void(const StepReport &)> &look)
{
    {
        const InterruptWatch watch(m_interrupted, [this] { m_engine->requestStop(); });
        while (!m_engine->idle()) {
            const StepReport report = m_engine->step();
            recorder.add(report);
            look(report);
        }
    }
    if (m_interrupted)
        throw Cancelled();
    for (const RequestRecord &request : recorder.record().requests) {
        if (request.endReason != EndReason::Length)
            throw std::runtime_error("a sequence ended early: " + request.message);
        for (const TokenRecord &token : request.tokens)
            m_checksum = (m_checksum ^ static_cast<uint32_t>(token.id)) * kFnvPrime;
    }
}

// Those that the device timed.
void keepSteps(const RunRecord &run, std::vector<StepRecord> &steps)
{
    std::copy_if(run.steps.begin(), run.steps.end(), std::back_inserter(steps),
                 [](const StepRecord &step) { return step.deviceNs > 0; });
}

double Bench::prefill(BenchResult &result)
{
    RunRecorder recorder;
    submit(m_plan.depth + m_plan.promptTokens, 1, recorder);
    const RequestId first = recorder.record().requests.front().id;
    std::vector<int32_t> done(static_cast<size_t>(m_plan.batch), 0);
    double seconds = 0.0;
    drive(recorder, [&](const StepReport &report) {
        int32_t measured = 0;
        for (const PrefillProgress &progress : report.prefill) {
            int32_t &before = done[static_cast<size_t>(progress.request - first)];
            measured += std::max(0, progress.doneTokens - std::max(before, m_plan.depth));
            before = progress.doneTokens;
        }
        if (report.prefillTokens > 0)
            seconds += static_cast<double>(report.endNs - report.startNs) * 1e-9 * measured
                / report.prefillTokens;
    });
    for (const RequestRecord &request : recorder.record().requests)
        result.ttftMs.push_back(ttftMs(request).value_or(0.0));
    keepSteps(recorder.record(), result.steps);
    return static_cast<double>(m_plan.promptTokens) * m_plan.batch / seconds;
}

double Bench::decode(int32_t newTokens, BenchResult &result)
{
    RunRecorder recorder;
    // A sequence begins with one token at least; the first new one comes with the prefill.
    submit(std::max(m_plan.depth, 1), newTokens + 1, recorder);
    int64_t begin = 0;
    int64_t end = 0;
    int64_t tokens = 0;
    drive(recorder, [&](const StepReport &report) {
        end = report.endNs;
        if (report.prefillTokens > 0) {
            begin = report.endNs;
            tokens = 0;
        } else {
            tokens += report.decodeTokens;
            if (report.deviceNs > 0)
                result.deviceStepMs.push_back(1e-6 * static_cast<double>(report.deviceNs));
            result.launches = std::max(result.launches, report.launches);
        }
    });
    keepSteps(recorder.record(), result.steps);
    return static_cast<double>(tokens) / (static_cast<double>(end - begin) * 1e-9);
}

double medianOf(std::vector<double> values)
{
    return percentile(values, 50).value_or(0.0);
}

// The matrices of all layers and the output; of an embedding table that is not the output as well,
// a step reads single rows.
uint64_t weightBytesPerStep(const LoadedModel &model)
{
    const ModelWeights &weights = model.weights();
    return weights.bytes() - (weights.output ? weights.tokenEmbedding->bytes() : 0);
}

} // namespace

void checkBench(const LoadedModel &model, const BenchPlan &plan)
{
    const EngineOptions options = completeOptions(model, engineOptions(model, plan));
    requireFits(planMemory(model, options), options);
}

BenchResult runBench(const std::shared_ptr<LoadedModel> &model, const BenchPlan &plan,
                     const std::atomic<bool> &interrupted)
{
    BenchResult result;
    result.plan = plan;
    Bench bench(model, plan, interrupted);
    BenchResult ignored;
    bench.prefill(ignored);
    bench.decode(std::min(kWarmUpTokens, plan.newTokens), ignored);

    for (int32_t i = 0; i < plan.repeat; ++i) {
        bench.resetChecksum();
        result.prefillTokPerSecond.push_back(bench.prefill(result));
        result.decodeTokPerSecond.push_back(bench.decode(plan.newTokens, result));
        if (i > 0 && bench.checksum() != result.checksum)
            throw std::runtime_error("repetition " + std::to_string(i + 1)
                                     + " gave other tokens than those before it");
        result.checksum = bench.checksum();
    }
    result.weightBytesPerStep = weightBytesPerStep(*model);
    // Each step reads the keys and values of all earlier tokens: on average half of the new ones.
    const double meanContext = std::max(plan.depth, 1) + (plan.newTokens + 1) / 2.0;
    const double cacheBytes =
        meanContext * static_cast<double>(model->config().kvBytesPerToken(plan.cacheType));
    result.bytesPerToken = static_cast<double>(result.weightBytesPerStep) / plan.batch + cacheBytes;
    result.achievedGbPerSecond = result.bytesPerToken * medianOf(result.decodeTokPerSecond) * 1e-9;
    return result;
}

} // namespace inferlab::cli
