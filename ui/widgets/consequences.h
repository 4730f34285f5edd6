// What a switch will do, in a line, before it is used. Pure functions.
#pragma once

#include "app/session/session_types.h"
#include "kernels/api/backend.h"

#include <QString>

namespace inferlab {

struct Consequence
{
    QString text;
    bool warning = false;
};

Consequence kvCacheConsequence(bool on, bool chosenBatchIsOne);
// "Batch 64 needs 1.4 GiB of cache (of 3.1 GiB free)".
Consequence memoryConsequence(int batch, bool kvCache, const MemoryPlan &plan);
// Of the device that is chosen; `loaded` is what is in memory now.
Consequence deviceConsequence(const DeviceInfo &chosen, const std::optional<ModelSummary> &loaded);
// Of padding, whether it is on or not.
Consequence paddingConsequence(bool staticBatch, bool on);
// Of the switches that only a GPU has a choice of.
Consequence gpuSwitchConsequence(bool onGpu, bool sameInAnyBatch);
Consequence samplingConsequence(const SamplingSettings &sampling, bool ignoreEnd);
// A few words for a folded heading: "greedy" or "t 0.8, top-p 0.95".
QString samplingSummary(const SamplingSettings &sampling, bool ignoreEnd);

// "16 tokens, 45 with the chat template (the model reads 8,192)".
QString promptFact(int64_t textTokens, int64_t sentTokens, int32_t contextTokens, bool chat);
// Why this prompt cannot run, or nothing. sentTokens: as the model would get them, -1 when not
// known; one place of the context is the first new token's.
QString promptProblem(const QString &prompt, int64_t sentTokens, int32_t contextTokens, bool chat);

} // namespace inferlab
