// Times of the start on stderr, for benchmarks: switched on by INFERLAB_TRACE_STARTUP=1.
#pragma once

namespace inferlab {

bool startupTraceWanted();

// Milliseconds since this process was created, in steps of the kernel's clock tick (10 ms); 0 when
// the system does not say.
double millisecondsSinceProcessStart();

// "NAME N", N in whole milliseconds.
void traceStartup(const char *name, double milliseconds);

} // namespace inferlab
