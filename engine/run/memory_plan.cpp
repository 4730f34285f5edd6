#include "memory_plan.h"

#include "engine/base/byte_text.h"
#include "engine/base/error.h"
#include "engine/base/number_text.h"
#include "engine/cache/block_pool.h"
#include "engine/model/loaded_model.h"
#include "engine/run/scheduler.h"

#include <algorithm>
#include <limits>
#include <string>

namespace inferlab {

namespace {

void requireBetween(const char *name, int64_t value, int64_t low, int64_t high)
{
    if (value < low || value > high)
        throw InputError(name, "", std::to_string(low) + " to " + std::to_string(high),
                         std::to_string(value));
}

// How many sequences `freeBytes` would hold beside the workspace.
int64_t sequencesThatFit(const MemoryPlan &plan, size_t freeBytes, int32_t sequences)
{
    if (freeBytes <= plan.workspaceBytes || plan.cacheBytes == 0)
        return 0;
    const size_t perSequence =
        std::max<size_t>(1, plan.cacheBytes / static_cast<size_t>(sequences));
    return static_cast<int64_t>((freeBytes - plan.workspaceBytes) / perSequence);
}

} // namespace

EngineOptions completeOptions(const LoadedModel &model, EngineOptions options)
{
    const int32_t trained = model.config().contextTokens;
    requireBetween("batch size", options.maxSequences, 1, EngineOptions::kMostSequences);
    requireBetween("context", options.contextTokens, 0, trained);
    if (options.contextTokens == 0)
        options.contextTokens = trained;
    const CacheSupport cache =
        model.backend().supportsCache(options.cacheType, model.config().headDim);
    if (!cache.supported)
        throw DeviceRefusal("cache type: " + cache.reason);
    if (options.stepTokens == 0)
        options.stepTokens =
            std::max(usualStepTokens(!model.backend().hasHostMemory()), options.maxSequences);
    requireBetween("batch size times context",
                   int64_t {options.maxSequences} * blocksFor(options.contextTokens) * kBlockTokens,
                   1, std::numeric_limits<int32_t>::max()); // blocks and rows are counted in int32
    if (options.padding && options.policy == BatchPolicy::Continuous)
        throw InputError("padding", "", "off, since a continuous batch is no rectangle", "on");
    requireBetween("tokens of one step (chunk)", options.stepTokens, options.maxSequences,
                   EngineOptions::kMostStepTokens);
    return options;
}

ForwardLimits forwardLimits(const EngineOptions &options)
{
    ForwardLimits limits;
    // No step is larger than all there is to compute.
    const int64_t most = int64_t {options.maxSequences} * options.contextTokens;
    limits.rows = static_cast<int32_t>(std::min<int64_t>(options.stepTokens, most));
    limits.logitRows = options.maxSequences;
    limits.sequences = options.maxSequences;
    limits.contextTokens = options.contextTokens;
    const int32_t held = options.kvCache ? options.maxSequences
                                         : std::min(options.maxSequences, kSequencesWithoutCache);
    limits.cacheBlocks = held * blocksFor(options.contextTokens);
    limits.cacheType = options.cacheType;
    return limits;
}

size_t schedulingBytes(const LoadedModel &model, const EngineOptions &options)
{
    const ForwardLimits limits = forwardLimits(options);
    const size_t perSequence = Sequence::mostBytes(options.contextTokens) + sizeof(Sequence)
        + sizeof(std::unique_ptr<Sequence>) + sizeof(PlannedRows);
    return Batch::bytes(limits) + SamplerScratch::bytes(model.config().vocabulary)
        + static_cast<size_t>(limits.cacheBlocks) * sizeof(int32_t) // those that are free
        + static_cast<size_t>(options.maxSequences) * perSequence;
}

MemoryPlan planMemory(const LoadedModel &model, const EngineOptions &options)
{
    const EngineOptions complete = completeOptions(model, options);
    const ForwardBytes bytes = forwardBytes(model, forwardLimits(complete));
    MemoryPlan plan;
    plan.weightBytes = model.identity().weightBytes;
    plan.cacheBytes = bytes.cache;
    plan.workspaceBytes = bytes.workspace + schedulingBytes(model, complete);
    plan.freeBytes = model.backend().device().freeBytes;
    return plan;
}

void requireFits(const MemoryPlan &plan, const EngineOptions &options)
{
    if (plan.fits())
        return;
    const size_t freeBytes = *plan.freeBytes; // known, or it would fit
    const int64_t fit = sequencesThatFit(plan, freeBytes, options.maxSequences);
    std::string found = byteText(plan.cacheBytes) + " of cache for "
        + std::to_string(options.maxSequences)
        + (options.maxSequences == 1 ? " sequence of " : " sequences of ")
        + groupedText(static_cast<uint64_t>(options.contextTokens)) + " tokens and "
        + byteText(plan.workspaceBytes) + " to compute in";
    if (fit > 0)
        found += "; batch " + std::to_string(fit) + " would fit";
    throw DeviceRefusal("memory", "", "at most " + byteText(freeBytes) + " (what is free)", found);
}

} // namespace inferlab
