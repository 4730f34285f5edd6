// One connection to the history's file, for the thread that made it. Opening checks the file,
// brings its schema up to date, and goes on where the file cannot be used:
//   damaged   it is kept aside as FILE.damaged-DATE, and a new one begins;
//   newer     it stays as it is, and FILE-of-this-version beside it is used;
//   read-only it is read.
// Each leaves a line in notices(). Throws HistoryError for everything else.
#pragma once

#include "app/history/history_error.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QStringList>
#include <QVariantList>
#include <functional>

namespace inferlab {

class HistoryDatabase
{
public:
    // busyMs: how long a statement waits for another program.
    explicit HistoryDatabase(const QString &file, int busyMs = 2000);
    ~HistoryDatabase();
    HistoryDatabase(const HistoryDatabase &) = delete;
    HistoryDatabase &operator=(const HistoryDatabase &) = delete;

    QString file() const { return m_file; } // the one in use
    bool isReadOnly() const noexcept { return m_readOnly; }
    const QStringList &notices() const noexcept { return m_notices; }

    // A statement, done; rows are to be read from the result. Throws HistoryError.
    QSqlQuery run(const QString &sql, const QVariantList &values = {});
    // All of it or, where anything is thrown, nothing.
    void transaction(const std::function<void()> &work);

private:
    enum class Access { ReadWrite, ReadOnly };

    void open();
    void openFile(Access access);
    void check();
    void useWriteAheadLog();
    void close();
    void putAside(const QString &why);
    [[noreturn]] void fail(const QSqlError &error) const;

    QString m_file;
    const int m_busyMs;
    const QString m_connection;
    QSqlDatabase m_database;
    bool m_readOnly = false;
    QStringList m_notices;
};

} // namespace inferlab
