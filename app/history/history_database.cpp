#include "history_database.h"

#include "history_schema.h"

#include <QDateTime>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlError>
#include <QUrl>
#include <QUuid>
#include <chrono>
#include <thread>

namespace inferlab {

namespace {

// What SQLite keeps beside the file while it is in use.
constexpr const char *kCompanions[] = {"-wal", "-shm"};

QString freeName(const QString &wanted)
{
    QString name = wanted;
    for (int number = 2; QFileInfo::exists(name); ++number)
        name = QStringLiteral("%1-%2").arg(wanted).arg(number);
    return name;
}

} // namespace

HistoryDatabase::HistoryDatabase(const QString &file, int busyMs)
    : m_file(file)
    , m_busyMs(busyMs)
    , m_connection(QStringLiteral("history-") + QUuid::createUuid().toString(QUuid::Id128))
{
    try {
        open();
    } catch (...) {
        close();
        throw;
    }
}

HistoryDatabase::~HistoryDatabase()
{
    close();
}

void HistoryDatabase::open()
{
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().mkpath(folder))
        throw HistoryError(HistoryProblem::Other, folder,
                           QStringLiteral("this folder cannot be made"));
    try {
        openFile(Access::ReadWrite);
        return;
    } catch (const HistoryError &error) {
        close();
        const QString line = QString::fromUtf8(error.what());
        switch (error.problem()) {
        case HistoryProblem::Damaged:
            putAside(line);
            break;
        case HistoryProblem::Newer:
            m_file += QStringLiteral("-of-version-%1").arg(kHistoryVersion);
            m_notices << QStringLiteral("%1: it stays as it is, runs are kept in %2")
                             .arg(line, QFileInfo(m_file).fileName());
            break;
        case HistoryProblem::ReadOnly:
            m_notices
                << QStringLiteral("%1: earlier runs are shown, new ones are not kept").arg(line);
            openFile(Access::ReadOnly);
            return;
        default:
            throw;
        }
    }
    openFile(Access::ReadWrite);
}

void HistoryDatabase::openFile(Access access)
{
    m_readOnly = access == Access::ReadOnly;
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connection);
    if (!m_database.isValid())
        throw HistoryError(HistoryProblem::Other, m_file,
                           QStringLiteral("Qt's driver for SQLite is missing (Debian: "
                                          "libqt6sql6-sqlite)"));
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(m_busyMs);
    QString name = m_file;
    if (m_readOnly) {
        // Immutable: a journal that nobody can write to must not be asked for.
        options += QStringLiteral(";QSQLITE_OPEN_READONLY;QSQLITE_OPEN_URI");
        const QFileInfo journal(m_file + QLatin1String(kCompanions[0]));
        name =
            QUrl::fromLocalFile(QFileInfo(m_file).absoluteFilePath()).toString(QUrl::FullyEncoded)
            + (journal.exists() ? QString() : QStringLiteral("?immutable=1"));
    }
    m_database.setConnectOptions(options);
    m_database.setDatabaseName(name);
    if (!m_database.open())
        fail(m_database.lastError());
    check();
}

void HistoryDatabase::check()
{
    // The first statement that reads the file: here it is found to be a database or not.
    const int version = historyVersionOf(*this);
    if (version > kHistoryVersion)
        throw HistoryError(HistoryProblem::Newer, m_file,
                           QStringLiteral("schema %1, this version knows up to %2")
                               .arg(version)
                               .arg(kHistoryVersion));
    checkHistoryTables(*this);
    run(QStringLiteral("PRAGMA foreign_keys = ON"));
    if (m_readOnly) {
        // An empty file, or one whose columns this version does not read.
        if (version < kHistoryVersion)
            throw HistoryError(HistoryProblem::Other, m_file,
                               QStringLiteral("schema %1 of a file that cannot be written, where "
                                              "this version reads %2")
                                   .arg(version)
                                   .arg(kHistoryVersion));
        return;
    }
    if (version == 0) // an empty file: only then can this be chosen
        run(QStringLiteral("PRAGMA auto_vacuum = INCREMENTAL"));
    useWriteAheadLog();
    // A run is on the disk, not on its way there, when the window says that it is done.
    run(QStringLiteral("PRAGMA synchronous = FULL"));
    migrateHistory(*this, historyMigrations());
    // A file that cannot be written is opened without a word: this asks.
    transaction([] {});
}

// Of two programs that open a new file at once, each may hold what the other waits for; SQLite then
// says so without waiting at all, and the one that tries again finds it done.
void HistoryDatabase::useWriteAheadLog()
{
    constexpr auto kPause = std::chrono::milliseconds(5);
    const QDeadlineTimer last(m_busyMs);
    for (;;) {
        try {
            run(QStringLiteral("PRAGMA journal_mode = WAL"));
            return;
        } catch (const HistoryError &error) {
            if (error.problem() != HistoryProblem::Locked || last.hasExpired())
                throw;
        }
        std::this_thread::sleep_for(kPause);
    }
}

void HistoryDatabase::close()
{
    if (!m_database.isValid())
        return;
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_connection);
}

void HistoryDatabase::putAside(const QString &why)
{
    const QString aside =
        freeName(m_file + QStringLiteral(".damaged-")
                 + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")));
    QFile file(m_file);
    if (!file.rename(aside))
        throw HistoryError(
            HistoryProblem::Other, m_file,
            QStringLiteral("damaged, and cannot be moved aside: %1").arg(file.errorString()));
    for (const char *companion : kCompanions)
        QFile::rename(m_file + QLatin1String(companion), aside + QLatin1String(companion));
    m_notices << QStringLiteral("%1: it is kept as %2, a new history begins")
                     .arg(why, QFileInfo(aside).fileName());
}

QSqlQuery HistoryDatabase::run(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        fail(query.lastError());
    for (const QVariant &value : values) {
        // Qt takes a text without characters for NULL where it was never assigned.
        const bool isText = value.typeId() == QMetaType::QString;
        query.addBindValue(isText && value.toString().isNull() ? QVariant(QLatin1String(""))
                                                               : value);
    }
    if (!query.exec())
        fail(query.lastError());
    return query;
}

void HistoryDatabase::transaction(const std::function<void()> &work)
{
    run(QStringLiteral("BEGIN IMMEDIATE"));
    try {
        work();
        run(QStringLiteral("COMMIT"));
    } catch (...) {
        // A full disk has rolled back already, and says so; there is nothing to add.
        QSqlQuery(m_database).exec(QStringLiteral("ROLLBACK"));
        throw;
    }
}

void HistoryDatabase::fail(const QSqlError &error) const
{
    throw historyError(m_file, error);
}

} // namespace inferlab
