#include "history_error.h"

#include <QFileInfo>
#include <QSqlError>

namespace inferlab {

namespace {

// Primary result codes: extended ones carry more in their upper bytes.
constexpr int kPrimaryCode = 0xff;
constexpr int kBusy = 5, kLocked = 6, kReadOnly = 8, kCorrupt = 11, kFull = 13, kCannotOpen = 14,
              kNotADatabase = 26;

HistoryProblem problemOf(int code, const QString &file)
{
    switch (code & kPrimaryCode) {
    case kBusy:
    case kLocked:
        return HistoryProblem::Locked;
    case kReadOnly:
        return HistoryProblem::ReadOnly;
    case kCorrupt:
    case kNotADatabase:
        return HistoryProblem::Damaged;
    case kFull:
        return HistoryProblem::Full;
    case kCannotOpen: // beside a file that is there, it is the journal that cannot be made
        return QFileInfo::exists(file) ? HistoryProblem::ReadOnly : HistoryProblem::Other;
    default:
        return HistoryProblem::Other;
    }
}

const char *phrase(HistoryProblem problem)
{
    switch (problem) {
    case HistoryProblem::Damaged:
        return "damaged";
    case HistoryProblem::Locked:
        return "locked by another program";
    case HistoryProblem::ReadOnly:
        return "can be read and not written";
    case HistoryProblem::Newer:
        return "written by a newer InferLab";
    case HistoryProblem::Full:
        return "no room left";
    case HistoryProblem::Other:
        break;
    }
    return nullptr;
}

std::string lineOf(HistoryProblem problem, const QString &file, const QString &words)
{
    QString line = file;
    if (const char *known = phrase(problem))
        line += QStringLiteral(": ") + QLatin1String(known)
            + (words.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(words));
    else
        line += QStringLiteral(": ") + words;
    return line.simplified().toStdString(); // one line, whatever the driver said
}

} // namespace

HistoryError::HistoryError(HistoryProblem problem, const QString &file, const QString &words)
    : std::runtime_error(lineOf(problem, file, words))
    , m_problem(problem)
{ }

HistoryError historyError(const QString &file, const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt();
    const QString words = error.databaseText().isEmpty() ? error.text() : error.databaseText();
    return {problemOf(code, file), file, words};
}

} // namespace inferlab
