#include "scheduler.h"

#include <algorithm>

namespace inferlab {

namespace {

bool isPrefilling(const Sequence &sequence)
{
    return sequence.generated() == 0;
}

// Who may take part in this step, first come first; no tokens yet.
void listCandidates(const std::vector<std::unique_ptr<Sequence>> &running, bool kvCache,
                    StepPlan &plan)
{
    plan.clear();
    const bool onlyPrefill = kvCache
        && std::any_of(running.begin(), running.end(),
                       [](const auto &sequence) { return isPrefilling(*sequence); });
    for (const auto &sequence : running) {
        if (!onlyPrefill || isPrefilling(*sequence))
            plan.push_back({sequence.get(), 0});
    }
    if (kvCache)
        return;
    // The lowest id among equals is the one that a step may have left half done.
    std::sort(plan.begin(), plan.end(), [](const PlannedRows &a, const PlannedRows &b) {
        const int32_t generatedA = a.sequence->generated();
        const int32_t generatedB = b.sequence->generated();
        return generatedA < generatedB
            || (generatedA == generatedB && a.sequence->id < b.sequence->id);
    });
}

} // namespace

void planStep(const std::vector<std::unique_ptr<Sequence>> &running, const SchedulerLimits &limits,
              int32_t freeBlocks, StepPlan &plan)
{
    listCandidates(running, limits.kvCache, plan);
    int32_t rows = 0;
    size_t planned = 0;
    for (; planned < plan.size(); ++planned) {
        const Sequence &sequence = *plan[planned].sequence;
        const int32_t room = limits.stepTokens - rows;
        if (room == 0)
            break;
        // Blocks for the whole sequence are counted at once: a chunk now that its rest could not
        // follow would hold blocks that another needs.
        const int32_t missing =
            blocksFor(sequence.length()) - static_cast<int32_t>(sequence.blocks.size());
        if (missing > freeBlocks)
            break;
        freeBlocks -= missing;
        plan[planned].tokens = std::min(sequence.pending(), room);
        rows += plan[planned].tokens;
    }
    plan.resize(planned);
}

} // namespace inferlab
