// A run of the history in words: the cells of the list, and its facts.
#pragma once

#include "app/history/history_run.h"
#include "run_facts.h"

#include <QString>

namespace inferlab::historyWords {

QString began(const HistoryRun &run);               // "2026-11-23 10:00", local time
QString name(const HistoryRun &run);                // with "stopped" or "failed" behind it
QString figure(const std::optional<double> &value); // "6.3", "1,204"; a dash where there is none

// What a person may want to know of it: "Threads", "2". Facts that say nothing are left out.
RunFacts facts(const HistoryRun &run);

// "1 run", "10,000 runs".
QString runs(int64_t count);

} // namespace inferlab::historyWords
