// Where a run goes before the screen hears that it is done.
#pragma once

#include "engine/measure/run_record.h"

#include <functional>

namespace inferlab {

// Called on the worker's thread with each run, also a stopped or a failed one; returns when it is
// kept. Throws std::exception, with a line for the person, where it is not: the run is shown all
// the same.
using RunKeeper = std::function<void(const RunRecord &)>;

} // namespace inferlab
