#include "scheduler.h"

#include <algorithm>

namespace inferlab {

namespace {

bool isPrefilling(const Sequence &sequence)
{
    return sequence.generated() == 0;
}

// Who may take part in this step, first come first.
std::vector<Sequence *> candidates(const std::vector<std::unique_ptr<Sequence>> &running,
                                   bool kvCache)
{
    std::vector<Sequence *> order;
    order.reserve(running.size());
    for (const auto &sequence : running)
        order.push_back(sequence.get());
    if (kvCache) {
        const bool anyPrefill = std::any_of(order.begin(), order.end(),
                                            [](const Sequence *s) { return isPrefilling(*s); });
        if (anyPrefill)
            std::erase_if(order, [](const Sequence *s) { return !isPrefilling(*s); });
        return order;
    }
    // The lowest id among equals is the one that a step may have left half done.
    std::stable_sort(order.begin(), order.end(), [](const Sequence *a, const Sequence *b) {
        return a->generated() < b->generated();
    });
    return order;
}

} // namespace

StepPlan planStep(const std::vector<std::unique_ptr<Sequence>> &running,
                  const SchedulerLimits &limits, int32_t freeBlocks)
{
    StepPlan plan;
    int32_t rows = 0;
    for (Sequence *sequence : candidates(running, limits.kvCache)) {
        const int32_t room = limits.stepTokens - rows;
        if (room == 0)
            break;
        const int32_t tokens = std::min(sequence->pending(), room);
        // Blocks for the whole sequence are counted at once: a chunk now that its rest could not
        // follow would hold blocks that another needs.
        const int32_t missing =
            blocksFor(sequence->length()) - static_cast<int32_t>(sequence->blocks.size());
        if (missing > freeBlocks)
            break;
        freeBlocks -= missing;
        plan.push_back({sequence, tokens});
        rows += tokens;
    }
    return plan;
}

} // namespace inferlab
