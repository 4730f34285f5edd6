#include "opened_runs.h"

#include <algorithm>
#include <cassert>

namespace inferlab {

namespace {

bool looksLikeSweep(const std::vector<std::shared_ptr<const RunRecord>> &runs)
{
    std::vector<int> batches;
    for (const auto &run : runs) {
        if (run->settings.prompt != runs.front()->settings.prompt)
            return false;
        batches.push_back(run->settings.batch);
    }
    std::sort(batches.begin(), batches.end());
    return batches.size() >= 3
        && std::adjacent_find(batches.begin(), batches.end()) == batches.end();
}

} // namespace

OpenedRuns sortOpenedRuns(const std::vector<std::shared_ptr<const RunRecord>> &runs)
{
    assert(!runs.empty());
    OpenedRuns sorted;
    for (const auto &run : runs) {
        if (run->isShown)
            sorted.shown = run;
        if (run->isKept)
            sorted.kept.push_back(run);
        if (run->isOfSweep)
            sorted.sweep.push_back(run);
    }
    const bool says = sorted.shown != nullptr || !sorted.kept.empty() || !sorted.sweep.empty();
    if (!says && looksLikeSweep(runs))
        sorted.sweep = runs;
    else if (!says)
        sorted.kept.assign(runs.begin() + 1, runs.end());
    if (sorted.shown == nullptr)
        sorted.shown = runs.front();
    return sorted;
}

} // namespace inferlab
