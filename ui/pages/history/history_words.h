// A run of the history in words: the cells of the list, and its facts.
#pragma once

#include "app/history/history_run.h"

#include <QList>
#include <QPair>
#include <QString>

namespace inferlab::historyWords {

QString began(const HistoryRun &run); // "2026-11-23 10:00", local time
QString name(const HistoryRun &run);  // with "stopped" or "failed" behind it
QString model(const HistoryRun &run); // "SmolLM2 135M Instruct Q4_1"; else its file
QString device(const std::string &device);
QString figure(const std::optional<double> &value); // "6.3", "1,204"; a dash where there is none

// What a person may want to know of it: "Threads", "2". Facts that say nothing are left out.
QList<QPair<QString, QString>> facts(const HistoryRun &run);

// "1 run", "10,000 runs".
QString runs(int64_t count);

} // namespace inferlab::historyWords
