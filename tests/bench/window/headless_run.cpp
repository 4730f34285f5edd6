#include "headless_run.h"

#include "app/run_setup/run_setup.h"
#include "engine/base/clock.h"
#include "engine/measure/recorder.h"

namespace inferlab::bench {

EngineSource sharedModelSource(const std::string &path)
{
    EngineSource source = EngineSource::real({});
    ModelChoice choice;
    choice.path = QString::fromStdString(path);
    const std::shared_ptr<LoadedModel> model = source.load(choice, {}, nullptr);
    source.load = [model](const ModelChoice &, const LoadProgressCallback &,
                          const std::atomic<bool> *) { return model; };
    source.hash = [](const ModelChoice &, const auto &, const std::atomic<bool> *) {
        return std::string();
    };
    return source;
}

RunRecordPtr runHeadless(const EngineSource &source, const RunPlan &plan)
{
    const std::shared_ptr<LoadedModel> model = source.load(plan.model, {}, nullptr);
    const std::vector<int32_t> prompt = source.encode(model.get(), plan.settings);
    const std::unique_ptr<Engine> engine =
        source.open(model, engineOptions(plan.settings, prompt.size(), model.get()));
    RunRecorder recorder;
    for (int32_t i = 0; i < plan.settings.batch; ++i) {
        const int64_t now = nowNs();
        const RequestId id = engine->submit(makeRequest(plan.settings, prompt, i));
        recorder.submitted(id, now, now, static_cast<int32_t>(prompt.size()));
    }
    while (!engine->idle())
        recorder.add(engine->step());
    return std::make_shared<const RunRecord>(recorder.take());
}

size_t promptTokenCount(const EngineSource &source, const RunPlan &plan)
{
    const std::shared_ptr<LoadedModel> model = source.load(plan.model, {}, nullptr);
    return source.encode(model.get(), plan.settings).size();
}

} // namespace inferlab::bench
