// An engine that writes tokens at a stated rate, whatever the machine's timers round to.
#pragma once

#include "app/session/engine_source.h"

namespace inferlab::bench {

// Steps come at multiples of `stepNs` from the first one on: one that comes late is made up for.
EngineSource pacedSource(int64_t stepNs);

} // namespace inferlab::bench
