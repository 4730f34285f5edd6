// Files that cannot be used as they are: each gives one clear line, nothing is lost, and the
// program goes on.
#include "app/history/history_store.h"
#include "engine/measure/record_json.h"
#include "support/synthetic_run.h"

#include <QDir>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <atomic>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace inferlab;

namespace {

constexpr int kShortWaitMs = 50; // for another program's lock

RunRecord someRun(int newTokens = 8)
{
    return makeSyntheticRun({.newTokens = newTokens});
}

class Fixture
{
public:
    QString file() const { return folder.filePath(QStringLiteral("history.sqlite")); }
    QByteArray bytes(const QString &name) const
    {
        QFile in(folder.filePath(name));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    void write(const QByteArray &content, qint64 at = 0) const
    {
        QFile out(file());
        if (!out.open(QIODevice::ReadWrite) || !out.seek(at)
            || out.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file()));
    }
    QStringList aside() const
    {
        return QDir(folder.path()).entryList({QStringLiteral("history.sqlite.damaged-*")});
    }
    void fill(int runs) const
    {
        HistoryStore store(file());
        for (int i = 0; i < runs; ++i)
            store.add(someRun());
    }

    QTemporaryDir folder;
};

// A disk of one mebibyte, in memory.
class SmallDisk
{
public:
    SmallDisk()
        : m_mounted(
            ::mount("tmpfs", m_folder.path().toLocal8Bit().constData(), "tmpfs", 0, "size=1m") == 0)
    { }
    ~SmallDisk()
    {
        if (m_mounted)
            ::umount(m_folder.path().toLocal8Bit().constData());
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    bool isMounted() const noexcept { return m_mounted; }
    QString path() const { return m_folder.path(); }

private:
    QTemporaryDir m_folder;
    const bool m_mounted;
};

// What opening it throws: its problem and its line.
std::pair<HistoryProblem, QString> refusal(const QString &file)
{
    try {
        const HistoryStore store(file, kShortWaitMs);
    } catch (const HistoryError &error) {
        return {error.problem(), QString::fromUtf8(error.what())};
    }
    return {HistoryProblem::Other, QStringLiteral("it opens")};
}

} // namespace

class TestHistoryFiles : public QObject
{
    Q_OBJECT

private slots:
    void aNewFolderIsMade();
    void aNewFileMayBeOpenedBySeveralAtOnce();
    void aFileOfVersion1IsRead();
    void noiseIsKeptAside();
    void aDamagedPageIsKeptAside();
    void aDamagedIndexIsSeen();
    void aDamagedRecordIsOneRunsLoss();
    void aNewerFileStays();
    void anotherProgramsDatabaseIsRefused();
    void aLockedFileIsTriedAgain();
    void aFullFileLeavesWhatWasThere();
    void aFullDiskLeavesWhatWasThere();
    void aReadOnlyFileIsShown();
    void aFolderThatCannotBeMade();
};

void TestHistoryFiles::aNewFolderIsMade()
{
    const QTemporaryDir folder;
    HistoryStore store(folder.filePath(QStringLiteral("a/b/history.sqlite")));
    QVERIFY(store.notices().isEmpty());
    QCOMPARE(store.list({}).total, int64_t(0));
}

void TestHistoryFiles::aNewFileMayBeOpenedBySeveralAtOnce()
{
    constexpr int kFiles = 20;
    constexpr int kWindows = 4;
    const QTemporaryDir folder;
    for (int number = 0; number < kFiles; ++number) {
        const QString file = folder.filePath(QStringLiteral("%1.sqlite").arg(number));
        std::atomic<int> ready {0};
        std::array<QString, kWindows> lines;
        const auto window = [&](QString &line) {
            ++ready;
            while (ready < kWindows)
                std::this_thread::yield();
            try {
                HistoryStore store(file);
                store.add(someRun());
                line = store.notices().join(QLatin1Char('\n'));
            } catch (const std::exception &error) {
                line = QString::fromUtf8(error.what());
            }
        };
        std::vector<std::thread> windows;
        for (QString &line : lines)
            windows.emplace_back([&window, &line] { window(line); });
        for (std::thread &each : windows)
            each.join();
        for (const QString &line : lines)
            QCOMPARE(line, QString());
        QCOMPARE(HistoryStore(file).list({}).total, int64_t(kWindows));
    }
}

// Three runs of history_writer, kept by the first version of the schema: the first of an
// experiment, the second with tag and note, the third in the bin.
void TestHistoryFiles::aFileOfVersion1IsRead()
{
    const Fixture fixture;
    QVERIFY(
        QFile::copy(QStringLiteral(INFERLAB_FIXTURES "/history/version_1.sqlite"), fixture.file()));
    QVERIFY(
        QFile::setPermissions(fixture.file(), QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    HistoryStore store(fixture.file());
    QVERIFY2(store.notices().isEmpty(), qPrintable(store.notices().join(u'\n')));
    QCOMPARE(store.list({}).total, int64_t(2));
    QCOMPARE(store.list({.deleted = true}).total, int64_t(1));
    QCOMPARE(store.list({.search = QStringLiteral("tag:x")}).total, int64_t(0));
    const std::optional<HistoryRun> second = store.find(2);
    QCOMPARE(second->tags, QStringList {QStringLiteral("Lecture 3")});
    QCOMPARE(second->note, QStringLiteral("The fan was loud"));
    QVERIFY(store.find(1)->place == (ExperimentPlace {QStringLiteral("batch-1"), 2, 1}));
    RunRecord expected = makeSyntheticRun({.batch = 4, .newTokens = 64, .seed = 2});
    expected.label = "2";
    QCOMPARE(runsToJson({store.record(2)}), runsToJson({expected}));
    store.add(someRun()); // and goes on
}

void TestHistoryFiles::noiseIsKeptAside()
{
    const Fixture fixture;
    const QByteArray noise = QByteArray("no database\n").repeated(1000);
    fixture.write(noise);
    HistoryStore store(fixture.file());
    QCOMPARE(fixture.aside().size(), 1);
    QCOMPARE(fixture.bytes(fixture.aside().front()), noise);
    QCOMPARE(store.notices().size(), 1);
    const QString line = store.notices().front();
    QVERIFY2(line.contains(QStringLiteral("damaged")) && line.contains(fixture.aside().front())
                 && !line.contains(QLatin1Char('\n')),
             qPrintable(line));
    store.add(someRun());
    QCOMPARE(store.list({}).total, int64_t(1));
}

void TestHistoryFiles::aDamagedPageIsKeptAside()
{
    const Fixture fixture;
    fixture.fill(200);
    const qint64 size = QFileInfo(fixture.file()).size();
    for (qint64 at = 4096; at < size; at += 4096) // every page but the first
        fixture.write(QByteArray(512, '\x5a'), at);
    HistoryStore store(fixture.file());
    QCOMPARE(fixture.aside().size(), 1);
    QCOMPARE(store.notices().size(), 1);
    QCOMPARE(store.list({}).total, int64_t(0));
    // The next damage gets a name of its own.
    fixture.write(QByteArray(100, 'x'));
}

// Every page in itself is sound; only comparing index and table finds it.
void TestHistoryFiles::aDamagedIndexIsSeen()
{
    const Fixture fixture;
    fixture.fill(3);
    {
        HistoryDatabase database(fixture.file());
        database.run(QStringLiteral("PRAGMA writable_schema = ON"));
        database.run(QStringLiteral("UPDATE sqlite_master SET sql = replace(sql, 'batch, id', "
                                    "'threads, id') WHERE name = 'runs_by_batch'"));
    }
    const HistoryStore store(fixture.file());
    QCOMPARE(fixture.aside().size(), 1);
}

void TestHistoryFiles::aDamagedRecordIsOneRunsLoss()
{
    const Fixture fixture;
    fixture.fill(2);
    {
        HistoryDatabase database(fixture.file());
        QSqlQuery query = database.run(QStringLiteral("SELECT record FROM records WHERE run_id=1"));
        QVERIFY(query.next());
        QByteArray record = query.value(0).toByteArray();
        record[record.size() / 2] = static_cast<char>(record[record.size() / 2] ^ 1);
        query.finish();
        database.run(QStringLiteral("UPDATE records SET record = ? WHERE run_id = 1"), {record});
    }
    HistoryStore store(fixture.file());
    QVERIFY(store.notices().isEmpty());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^qUncompress")));
    try {
        store.record(1);
        QFAIL("a damaged record was read");
    } catch (const std::exception &error) {
        QCOMPARE(QString::fromUtf8(error.what()),
                 QStringLiteral("run 1 of the history: the record: expected compressed JSON, found "
                                "bytes that are damaged"));
    }
    QCOMPARE(runsToJson({store.record(2)}), runsToJson({someRun()}));
}

void TestHistoryFiles::aNewerFileStays()
{
    const Fixture fixture;
    fixture.fill(1);
    {
        HistoryDatabase database(fixture.file());
        database.run(QStringLiteral("PRAGMA user_version = 999"));
    }
    const QByteArray before = fixture.bytes(QStringLiteral("history.sqlite"));
    HistoryStore store(fixture.file());
    QCOMPARE(store.notices().size(), 1);
    QVERIFY2(store.notices().front().contains(QStringLiteral("schema 999")),
             qPrintable(store.notices().front()));
    QVERIFY(store.file() != fixture.file());
    store.add(someRun());
    QCOMPARE(store.list({}).total, int64_t(1));
    QCOMPARE(fixture.bytes(QStringLiteral("history.sqlite")), before);
    QVERIFY(fixture.aside().isEmpty());
}

void TestHistoryFiles::anotherProgramsDatabaseIsRefused()
{
    const Fixture fixture;
    {
        QSqlDatabase other =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("other"));
        other.setDatabaseName(fixture.file());
        QVERIFY(other.open());
        QVERIFY(QSqlQuery(other).exec(QStringLiteral("CREATE TABLE bookmarks (url TEXT)")));
        other.close();
    }
    QSqlDatabase::removeDatabase(QStringLiteral("other"));
    const QByteArray before = fixture.bytes(QStringLiteral("history.sqlite"));
    const auto [problem, line] = refusal(fixture.file());
    QVERIFY(problem == HistoryProblem::Other);
    QVERIFY2(line.contains(QStringLiteral("another program")), qPrintable(line));
    QCOMPARE(fixture.bytes(QStringLiteral("history.sqlite")), before);
}

void TestHistoryFiles::aLockedFileIsTriedAgain()
{
    const Fixture fixture;
    fixture.fill(1);
    HistoryStore store(fixture.file(), kShortWaitMs);
    {
        HistoryDatabase other(fixture.file());
        other.run(QStringLiteral("BEGIN IMMEDIATE"));
        try {
            store.add(someRun());
            QFAIL("it was written under another program's lock");
        } catch (const HistoryError &error) {
            QVERIFY(error.problem() == HistoryProblem::Locked);
            QVERIFY(QByteArray(error.what()).contains("locked by another program"));
        }
        QCOMPARE(store.list({}).total, int64_t(1)); // reading goes on meanwhile
        other.run(QStringLiteral("COMMIT"));
    }
    store.add(someRun());
    QCOMPARE(store.list({}).total, int64_t(2));
}

void TestHistoryFiles::aFullFileLeavesWhatWasThere()
{
    const Fixture fixture;
    fixture.fill(3);
    HistoryStore store(fixture.file());
    {
        // A limit that SQLite keeps for a connection:
        // so this connection has one, and then the store looks at what is left.
        HistoryDatabase small(fixture.file());
        small.run(QStringLiteral("PRAGMA max_page_count = 1"));
        try {
            small.transaction([&small] {
                small.run(QStringLiteral("UPDATE records SET record = zeroblob(100000)"));
            });
            QFAIL("there was room");
        } catch (const HistoryError &error) {
            QVERIFY(error.problem() == HistoryProblem::Full);
            QVERIFY(QByteArray(error.what()).contains("no room left"));
        }
    }
    QCOMPARE(store.list({}).total, int64_t(3));
    store.add(someRun());
    QCOMPARE(store.list({}).total, int64_t(4));
}

void TestHistoryFiles::aFullDiskLeavesWhatWasThere()
{
    const SmallDisk disk;
    if (!disk.isMounted())
        QSKIP("a small disk can be mounted by root alone");
    HistoryStore store(disk.path() + QStringLiteral("/history.sqlite"));
    int64_t kept = 0;
    QString line;
    while (line.isEmpty() && kept < 1000) {
        try {
            store.add(someRun(400));
            ++kept;
        } catch (const HistoryError &error) {
            QVERIFY2(error.problem() == HistoryProblem::Full, error.what());
            line = QString::fromUtf8(error.what());
        }
    }
    QVERIFY2(line.contains(QStringLiteral("no room left")), qPrintable(line));
    QVERIFY(kept > 0);
    QCOMPARE(store.list({}).total, kept);
    QCOMPARE(runsToJson({store.record(kept)}), runsToJson({someRun(400)}));
}

void TestHistoryFiles::aReadOnlyFileIsShown()
{
    const Fixture fixture;
    fixture.fill(2);
    QVERIFY(QFile::setPermissions(fixture.file(), QFileDevice::ReadOwner | QFileDevice::ReadGroup));
    QFile empty(fixture.folder.filePath(QStringLiteral("empty.sqlite")));
    QVERIFY(empty.open(QIODevice::WriteOnly));
    QVERIFY(empty.setPermissions(QFileDevice::ReadOwner | QFileDevice::ReadGroup));
    QVERIFY(QFile::setPermissions(fixture.folder.path(),
                                  QFileDevice::ReadOwner | QFileDevice::ExeOwner
                                      | QFileDevice::ReadGroup | QFileDevice::ExeGroup));
    // Nothing is read-only for root: be somebody else meanwhile.
    const uid_t user = ::getuid();
    constexpr uid_t kNobody = 65534;
    if (user == 0 && ::setresuid(kNobody, kNobody, 0) != 0)
        QSKIP("cannot become somebody who may not write");
    {
        HistoryStore store(fixture.file());
        QVERIFY(store.isReadOnly());
        QCOMPARE(store.notices().size(), 1);
        QCOMPARE(store.list({}).total, int64_t(2));
        QCOMPARE(runsToJson({store.record(1)}), runsToJson({someRun()}));
        QVERIFY_EXCEPTION_THROWN(store.add(someRun()), HistoryError);
    }
    const QString line = refusal(empty.fileName()).second; // it cannot be brought up to date
    QVERIFY2(line.contains(QStringLiteral("schema 0 of a file that cannot be written")),
             qPrintable(line));
    QVERIFY(user != 0 || ::setresuid(0, 0, 0) == 0);
    QFile::setPermissions(fixture.folder.path(),
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
}

void TestHistoryFiles::aFolderThatCannotBeMade()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("taken")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto [problem, line] = refusal(folder.filePath(QStringLiteral("taken/history.sqlite")));
    QVERIFY(problem == HistoryProblem::Other);
    QVERIFY2(line.contains(QStringLiteral("taken")), qPrintable(line));
}

QTEST_GUILESS_MAIN(TestHistoryFiles)
#include "test_history_files.moc"
