// The demo without a display: one run of the real engine, its answer streamed on stdout, then
// charts, CSV and JSON in a folder.
#pragma once

#include "app/startup/command_line.h"

namespace inferlab {

// Needs a QApplication (offscreen will do). Returns the exit code: 0 done, 1 failed at run time, 2
// bad input.
int runHeadlessDemo(const CommandLine &arguments);

} // namespace inferlab
