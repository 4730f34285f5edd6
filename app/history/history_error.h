// What can go wrong between a run and the disk, as one line for the person.
#pragma once

#include <QString>
#include <stdexcept>

class QSqlError;

namespace inferlab {

enum class HistoryProblem {
    Damaged,  // the file is no database, or its pages contradict each other
    Locked,   // another program holds it
    ReadOnly, // it can be read and not written
    Newer,    // a later version of this program wrote it
    Full,     // the disk, or the largest size that the file may have
    Other     // the system's own words
};

class HistoryError : public std::runtime_error
{
public:
    // file: where it happened; words: what was found, in the system's words or ours.
    HistoryError(HistoryProblem problem, const QString &file, const QString &words);

    HistoryProblem problem() const noexcept { return m_problem; }

private:
    HistoryProblem m_problem;
};

// By SQLite's result code (sqlite.org/rescode.html).
HistoryError historyError(const QString &file, const QSqlError &error);

} // namespace inferlab
