#include "run_setup.h"

#include "engine/measure/run_head.h"
#include "engine/model/loaded_model.h"

#include <algorithm>

namespace inferlab {

EngineOptions engineOptions(const RunSettings &settings, size_t promptTokens,
                            const LoadedModel *model)
{
    EngineOptions options;
    options.kvCache = settings.kvCache;
    options.cacheType = settings.cacheType;
    options.batchInvariant = settings.batchInvariant;
    options.stepGraphs = settings.stepGraphs;
    options.maxSequences = settings.batch;
    options.policy = settings.scheduler;
    options.padding = settings.padding;
    options.stepTokens = settings.chunkTokens;
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

std::string programName()
{
    return "InferLab " INFERLAB_VERSION;
}

RunRecord recordHead(const RunSettings &settings, const LoadedModel *model)
{
    RunRecord head;
    head.settings = settings;
    if (model != nullptr)
        head.settings.threads = model->backend().threads();
    head.label = runLabel(head.settings);
    head.provenance = provenanceOf(model, head.settings, programName());
    return head;
}

} // namespace inferlab
