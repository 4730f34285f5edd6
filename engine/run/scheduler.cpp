#include "scheduler.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace inferlab {

namespace {

bool isPrefilling(const Sequence &sequence)
{
    return sequence.round == 0;
}

// Half done first: were a younger one to overtake it, ever more of them could hold blocks until
// none is free for anyone. Ids tell equals apart.
std::tuple<bool, int32_t, RequestId> rankWithoutCache(const Sequence &sequence)
{
    return {sequence.computed == 0, sequence.round, sequence.id};
}

std::pair<bool, RequestId> rankContinuous(const Sequence &sequence)
{
    return {isPrefilling(sequence), sequence.id};
}

// Who may take part in this step, first come first; no rows yet.
void listCandidates(const std::vector<std::unique_ptr<Sequence>> &running,
                    const SchedulerLimits &limits, StepPlan &plan)
{
    plan.clear();
    const bool onlyPrefill = limits.kvCache && limits.policy == BatchPolicy::Static
        && std::any_of(running.begin(), running.end(),
                       [](const auto &sequence) { return isPrefilling(*sequence); });
    for (const auto &sequence : running) {
        if (!onlyPrefill || isPrefilling(*sequence))
            plan.push_back({sequence.get(), 0});
    }
    if (!limits.kvCache)
        std::sort(plan.begin(), plan.end(), [](const PlannedRows &a, const PlannedRows &b) {
            return rankWithoutCache(*a.sequence) < rankWithoutCache(*b.sequence);
        });
    else if (limits.policy == BatchPolicy::Continuous)
        std::sort(plan.begin(), plan.end(), [](const PlannedRows &a, const PlannedRows &b) {
            return rankContinuous(*a.sequence) < rankContinuous(*b.sequence);
        });
}

} // namespace

void planStep(const std::vector<std::unique_ptr<Sequence>> &running, const SchedulerLimits &limits,
              int32_t freeBlocks, StepPlan &plan)
{
    listCandidates(running, limits, plan);
    int32_t rows = 0;
    size_t planned = 0;
    for (; planned < plan.size(); ++planned) {
        const Sequence &sequence = *plan[planned].sequence;
        const int32_t room = limits.stepTokens - rows;
        if (room == 0)
            break;
        // Blocks for the whole sequence are counted at once: a chunk now that its rest could not
        // follow would hold blocks that another needs.
        // Pads may have taken more than the tokens now need.
        const int32_t missing =
            std::max(0, blocksFor(sequence.rows) - static_cast<int32_t>(sequence.blocks.size()));
        if (missing > freeBlocks)
            break;
        freeBlocks -= missing;
        plan[planned].rows = std::min(sequence.pending(), room);
        rows += plan[planned].rows;
    }
    plan.resize(planned);
}

} // namespace inferlab
