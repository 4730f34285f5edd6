// The runs of an opened file, each in its place on the page.
#pragma once

#include "engine/measure/run_record.h"

#include <memory>
#include <vector>

namespace inferlab {

struct OpenedRuns
{
    std::shared_ptr<const RunRecord> shown; // never null
    std::vector<std::shared_ptr<const RunRecord>> kept, sweep;
};

// As the file says. Where it says nothing (it was not saved by this window), runs of one prompt at
// three batch sizes or more, each once, are a search for the knee, and otherwise the first is shown
// and the others are kept beside it. `runs` is not empty.
OpenedRuns sortOpenedRuns(const std::vector<std::shared_ptr<const RunRecord>> &runs);

} // namespace inferlab
