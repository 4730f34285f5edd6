#include "run_once.h"

#include "app/experiment/machine_note.h"
#include "app/experiment/request_prompts.h"
#include "app/run_setup/run_setup.h"
#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/measure/recorder.h"

#include <algorithm>
#include <stdexcept>

namespace inferlab {

namespace {

std::vector<Request> drawRequests(const Experiment &experiment, const RunSettings &settings,
                                  int32_t repeat, const ReadyModel &ready)
{
    std::vector<Request> requests;
    const int32_t count = requestsOf(settings);
    for (int32_t i = 0; i < count; ++i) {
        const DrawnRequest drawn = drawRequest(experiment, repeat, i);
        requests.push_back(
            makeRequest(settings, ofLength(ready.pool[drawn.prompt], settings.promptTokens), 0));
        requests.back().sampling.seed = drawn.seed;
    }
    return requests;
}

size_t longestPrompt(const std::vector<Request> &requests)
{
    size_t longest = 0;
    for (const Request &request : requests)
        longest = std::max(longest, request.promptTokens.size());
    return longest;
}

// Submits requests one after another, and knows how many are on their way.
class Submission
{
public:
    Submission(std::vector<Request> requests, Engine &engine, RunRecorder &recorder)
        : m_requests(std::move(requests))
        , m_engine(engine)
        , m_recorder(recorder)
    { }

    void submit(size_t count)
    {
        for (; count > 0 && m_next < m_requests.size(); --count) {
            Request &request = m_requests[m_next++];
            const auto length = static_cast<int32_t>(request.promptTokens.size());
            const int64_t now = nowNs();
            request.scheduledNs = now;
            const RequestId id = m_engine.submit(std::move(request));
            m_recorder.submitted(id, now, now, length);
        }
    }

private:
    std::vector<Request> m_requests;
    size_t m_next = 0;
    Engine &m_engine;
    RunRecorder &m_recorder;
};

void requireAnswers(const RunRecord &record)
{
    const auto failed = [](const RequestRecord &request) {
        return request.endReason == EndReason::Error;
    };
    if (!record.requests.empty()
        && std::all_of(record.requests.begin(), record.requests.end(), failed))
        throw std::runtime_error(record.requests.front().message);
}

RunRecord headOf(const ExperimentPoint &point, const RunSettings &settings, const ReadyModel &ready)
{
    RunRecord head = recordHead(settings, ready.model.get());
    head.label = point.label;
    head.isOfSweep = true;
    head.provenance.modelHash = ready.hash;
    return head;
}

} // namespace

MeasuredRun runOnce(const Experiment &experiment, const ExperimentPoint &point, int32_t repeat,
                    const ReadyModel &ready, const EngineAccess &engines, RunControl &control,
                    const RunShareCallback &share)
{
    RunSettings settings = point.settings.run;
    std::vector<Request> requests = drawRequests(experiment, settings, repeat, ready);
    const int64_t total = int64_t {settings.maxNewTokens} * static_cast<int64_t>(requests.size());
    const EngineOptions options =
        engineOptions(settings, longestPrompt(requests), ready.model.get());
    settings.contextTokens = options.contextTokens;
    settings.sampling.seed = experiment.seed;
    const std::unique_ptr<Engine> engine = engines.open(ready.model, options);

    MeasuredRun run;
    run.repeat = repeat;
    const RunControl::Engaged engaged(control, *engine);
    const MachineWatch watch;
    RunRecorder recorder(headOf(point, settings, ready));
    Submission submission(std::move(requests), *engine, recorder);
    submission.submit(settings.concurrency > 0 ? static_cast<size_t>(settings.concurrency)
                                               : static_cast<size_t>(requestsOf(settings)));
    int64_t done = 0;
    while (!engine->idle()) {
        const StepReport report = engine->step();
        if (control.interrupted())
            throw Cancelled();
        recorder.add(report);
        submission.submit(report.finished.size());
        run.usefulTokens += report.prefillTokens + report.decodeTokens + report.recomputedTokens;
        run.paddedTokens += report.paddedTokens;
        done += static_cast<int64_t>(report.tokens.size());
        share(done, total);
    }
    run.machine = watch.note();
    const MemoryPlan memory = engine->memory();
    run.weightBytes = memory.weightBytes;
    run.cacheBytes = memory.cacheBytes;
    run.workspaceBytes = memory.workspaceBytes;
    auto record = std::make_shared<RunRecord>(recorder.take());
    requireAnswers(*record);
    run.record = std::move(record);
    return run;
}

} // namespace inferlab
