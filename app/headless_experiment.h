// `inferlab --headless experiment`: a sweep without a display, with charts and a report at its end.
#pragma once

#include "app/startup/command_line.h"

namespace inferlab {

// Needs an application object on a platform that can paint. The exit code: 0 done, 1 a point
// failed, 130 interrupted, with what was measured. Throws InputError for bad input.
int runHeadlessExperiment(const CommandLine &arguments);

} // namespace inferlab
