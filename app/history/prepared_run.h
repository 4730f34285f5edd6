// A run as it goes into the database: its columns, and its record compressed. Made on the thread
// that has the run, so that the database's thread only writes.
#pragma once

#include "app/history/history_run.h"

#include <QByteArray>
#include <QVariant>
#include <vector>

namespace inferlab {

struct HistoryColumn
{
    const char *name; // of the table `runs`
    QVariant value;
};

struct PreparedRun
{
    std::vector<HistoryColumn> columns;
    std::optional<ExperimentPlace> place; // which is in the columns as well
    QByteArray record;                    // qCompress of runsToJson of this one run
};

PreparedRun prepareRun(const RunRecord &run, const std::optional<ExperimentPlace> &place = {});

// What prepareRun compressed. Throws InputError, which begins with `source`, for bytes that it did
// not write.
RunRecord recordFromBlob(const QByteArray &blob, const QString &source);

// The settings in it alone, without reading its tokens; none where it is damaged.
std::optional<RunSettings> settingsOfBlob(const QByteArray &blob);

// What a search looks through besides the run's own words: folded, so that case does not matter.
QString foldedWords(const QStringList &parts);

} // namespace inferlab
