#include "run_describe.h"

#include "engine/measure/run_head.h"
#include "kernels/api/devices.h"

#include <algorithm>

namespace inferlab {

EngineOptions engineOptions(const RunSettings &settings, size_t promptTokens,
                            const LoadedModel *model)
{
    EngineOptions options;
    options.kvCache = settings.kvCache;
    options.maxSequences = settings.batch;
    const int64_t wanted = static_cast<int64_t>(promptTokens) + settings.maxNewTokens;
    const int64_t limit = settings.contextTokens > 0 ? settings.contextTokens
        : model != nullptr                           ? model->config().contextTokens
                                                     : wanted;
    options.contextTokens = static_cast<int32_t>(std::min(wanted, limit));
    return options;
}

Request makeRequest(const RunSettings &settings, const std::vector<int32_t> &prompt, int32_t index)
{
    Request request;
    request.promptTokens = prompt;
    request.sampling = settings.sampling;
    request.sampling.seed += static_cast<uint64_t>(index);
    request.maxNewTokens = settings.maxNewTokens;
    request.ignoreEnd = settings.ignoreEnd;
    return request;
}

ModelSummary summariseModel(const ModelChoice &choice, const LoadedModel *model)
{
    ModelSummary summary;
    summary.choice = choice;
    if (model == nullptr)
        return summary;
    summary.identity = model->identity();
    summary.config = model->config();
    summary.tokenizer = QString::fromStdString(model->tokenizer().description());
    summary.deviceName = QString::fromStdString(model->backend().device().name);
    summary.hasChatTemplate = model->chatTemplate() != nullptr;
    return summary;
}

RunRecord describeRun(const RunPlan &plan, const LoadedModel *model)
{
    RunRecord record;
    record.settings = plan.settings;
    record.settings.device = plan.model.device.toStdString();
    record.settings.threads = model != nullptr ? model->backend().threads()
        : plan.model.threads > 0               ? plan.model.threads
                                               : defaultThreads();
    record.label = plan.label.isEmpty() ? runLabel(record.settings) : plan.label.toStdString();
    record.provenance = provenanceOf(model, record.settings, "InferLab " INFERLAB_VERSION);
    return record;
}

} // namespace inferlab
