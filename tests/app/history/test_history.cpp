// The history on its own thread: answers come in order and where they were asked for, a run is on
// disk when save() returns, and what could not be written is not lost.
#include "app/history/history.h"
#include "app/history/history_store.h"
#include "engine/measure/record_json.h"
#include "support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace inferlab;

namespace {

constexpr int kPatienceMs = 30000;

int64_t totalOf(const QString &file)
{
    return HistoryStore(file).list({}).total;
}

} // namespace

class TestHistory : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aSavedRunIsOnDisk();
    void answersComeInOrderOnThisThread();
    void severalThreadsMaySave();
    void nobodyIsAnsweredAfterItsEnd();
    void whatIsLockedIsHeldAndWrittenLater();
    void whatIsNeverWrittenIsLeftBeside();
    void damageWhileOpenBeginsANewFile();
    void aBadFileIsSaidOnce();

private:
    QString file() const { return m_folder->filePath(QStringLiteral("history.sqlite")); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestHistory::aSavedRunIsOnDisk()
{
    History history(file());
    const RunRecord run = labelledRun("one");
    const int64_t id = history.save(run);
    HistoryStore other(file()); // while the first is open
    QCOMPARE(runsToJson({other.record(id)}), runsToJson({run}));
}

void TestHistory::answersComeInOrderOnThisThread()
{
    History history(file());
    const int64_t id = history.save(labelledRun("one"));
    QSignalSpy changed(&history, &History::changed);
    QStringList names;
    const auto note = [&](const HistoryRows &page) {
        QCOMPARE(QThread::currentThread(), thread());
        names << (page.runs.empty() ? QStringLiteral("none") : page.runs.front().name);
    };
    history.list({}, this, note);
    history.rename(id, QStringLiteral("two"));
    history.list({}, this, note);
    history.remove({id});
    history.list({}, this, note);
    history.restore({id});
    history.list({}, this, note);
    std::vector<HistoryRecordPtr> records;
    history.open({id}, this, [&](const std::vector<HistoryRecordPtr> &read) { records = read; });
    QTRY_COMPARE_WITH_TIMEOUT(records.size(), size_t(1), kPatienceMs);
    QCOMPARE(names,
             (QStringList {QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("none"),
                           QStringLiteral("two")}));
    QCOMPARE(records.front()->label, std::string("one"));
    QVERIFY(changed.count() >= 3);
}

void TestHistory::severalThreadsMaySave()
{
    constexpr int kThreads = 4, kRuns = 25;
    {
        History history(file());
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&history, t] {
                for (int i = 0; i < kRuns; ++i)
                    history.save(labelledRun(std::to_string(t)));
            });
        }
        int answers = 0;
        for (int i = 0; i < 20; ++i)
            history.list({}, this, [&answers](const HistoryRows &) { ++answers; });
        for (std::thread &thread : threads)
            thread.join();
        QTRY_COMPARE_WITH_TIMEOUT(answers, 20, kPatienceMs);
    }
    QCOMPARE(totalOf(file()), int64_t(kThreads * kRuns));
}

void TestHistory::nobodyIsAnsweredAfterItsEnd()
{
    bool answered = false;
    History history(file());
    {
        QObject receiver;
        history.list({}, &receiver, [&answered](const HistoryRows &) { answered = true; });
    }
    bool later = false;
    history.list({}, this, [&later](const HistoryRows &) { later = true; });
    QTRY_VERIFY_WITH_TIMEOUT(later, kPatienceMs);
    QVERIFY(!answered);
}

void TestHistory::whatIsLockedIsHeldAndWrittenLater()
{
    History history(file());
    history.save(labelledRun("before"));
    {
        HistoryDatabase other(file());
        other.run(QStringLiteral("BEGIN IMMEDIATE"));
        QVERIFY_EXCEPTION_THROWN(history.save(labelledRun("held")), HistoryError);
        other.run(QStringLiteral("ROLLBACK"));
    }
    history.save(labelledRun("after"));
    HistoryStore store(file());
    QStringList names;
    for (const HistoryRun &run : store.list({.sort = HistorySort::Began, .descending = false}).runs)
        names << run.name;
    QCOMPARE(
        names,
        (QStringList {QStringLiteral("before"), QStringLiteral("held"), QStringLiteral("after")}));
}

void TestHistory::whatIsNeverWrittenIsLeftBeside()
{
    HistoryStore(file()).add(labelledRun("before"));
    HistoryDatabase other(file());
    other.run(QStringLiteral("BEGIN IMMEDIATE"));
    const RunRecord run = labelledRun("held");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("locked by another")));
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(QStringLiteral("A run that the history")));
    {
        History history(file());
        QVERIFY_EXCEPTION_THROWN(history.save(run), HistoryError);
    }
    const QStringList beside =
        QDir(m_folder->path()).entryList({QStringLiteral("history.sqlite.unsaved-*.json")});
    QCOMPARE(beside.size(), 1);
    QFile json(m_folder->filePath(beside.front()));
    QVERIFY(json.open(QIODevice::ReadOnly));
    QCOMPARE(json.readAll().toStdString(), runsToJson({run}));
}

void TestHistory::damageWhileOpenBeginsANewFile()
{
    History history(file());
    for (int i = 0; i < 50; ++i)
        history.save(labelledRun("before"));
    {
        // All pages but the first are overwritten by somebody, and the journal is gone.
        HistoryDatabase other(file());
        other.run(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
        QFile pages(file());
        QVERIFY(pages.open(QIODevice::ReadWrite));
        const qint64 size = pages.size();
        QVERIFY(pages.seek(4096));
        pages.write(QByteArray(static_cast<qsizetype>(size - 4096), '\x5a'));
        pages.close();
        // Every connection must read the file anew.
        other.run(QStringLiteral("PRAGMA user_version = 1"));
    }
    QSignalSpy noticed(&history, &History::noticed);
    const RunRecord run = labelledRun("after");
    const int64_t id = history.save(run);
    QTRY_COMPARE_WITH_TIMEOUT(noticed.count(), 1, kPatienceMs);
    HistoryStore store(file());
    QCOMPARE(runsToJson({store.record(id)}), runsToJson({run}));
    QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("*.damaged-*")}).size(), 1);
}

void TestHistory::aBadFileIsSaidOnce()
{
    QFile noise(file());
    QVERIFY(noise.open(QIODevice::WriteOnly));
    noise.write(QByteArray(5000, 'x'));
    noise.close();
    History history(file());
    QSignalSpy noticed(&history, &History::noticed);
    QSignalSpy failed(&history, &History::failed);
    int answers = 0;
    for (int i = 0; i < 3; ++i)
        history.list({}, this, [&answers](const HistoryRows &) { ++answers; });
    QTRY_COMPARE_WITH_TIMEOUT(answers, 3, kPatienceMs);
    QCOMPARE(noticed.count(), 1);
    QCOMPARE(failed.count(), 0);
}

QTEST_GUILESS_MAIN(TestHistory)
#include "test_history.moc"
