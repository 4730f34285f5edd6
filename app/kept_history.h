// The history that the arguments choose, and the runs' way into it: the same in the window and
// without one.
#pragma once

#include "app/session/run_keeper.h"
#include "app/startup/command_line.h"

#include <memory>

namespace inferlab {

class History;

// Null where none is to be kept. Throws InputError for a file of another kind. The application must
// have its name by then.
std::unique_ptr<History> openHistory(const CommandLine &arguments);

// history: null: keeps nothing; else it outlives the keeper.
RunKeeper keeperOf(History *history);

} // namespace inferlab
