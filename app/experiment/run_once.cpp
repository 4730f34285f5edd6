#include "run_once.h"

#include "app/machine/machine_note.h"
#include "app/run_setup/run_requests.h"
#include "app/run_setup/run_setup.h"
#include "engine/base/error.h"
#include "engine/measure/recorder.h"

#include <algorithm>
#include <stdexcept>

namespace inferlab {

namespace {

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
    RunSettings settings = runSettingsOf(experiment, point, repeat);
    std::vector<Request> requests = makeRequests(settings, ready.pool);
    const int64_t total = mostNewTokens(settings);
    const EngineOptions options =
        engineOptions(settings, longestPrompt(requests), ready.model.get());
    settings.contextTokens = options.contextTokens;
    const std::unique_ptr<Engine> engine = engines.open(ready.model, options);

    MeasuredRun run;
    run.repeat = repeat;
    const RunControl::Engaged engaged(control, *engine);
    const MachineWatch watch(ready.gpu);
    RunRecorder recorder(headOf(point, settings, ready));
    RunSubmission submission(std::move(requests), *engine,
                             [&recorder](RequestId id, int64_t ns, int32_t promptTokens) {
                                 recorder.submitted(id, ns, ns, promptTokens);
                             });
    submission.begin(settings);
    int64_t done = 0;
    while (!engine->idle()) {
        const StepReport report = engine->step();
        if (control.interrupted())
            throw Cancelled();
        recorder.add(report);
        submission.ended(report.finished.size());
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
