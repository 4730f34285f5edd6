// kill -9 in the middle of writing, again and again: every run that was said to be kept is there
// and whole, and at most the one in progress is missing.
#include "app/history/history_store.h"
#include "engine/measure/record_json.h"
#include "support/synthetic_run.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace inferlab;

namespace {

constexpr int kKills = 20;
constexpr int kPatienceMs = 60000;

std::string expectedJson(int number)
{
    RunRecord run =
        makeSyntheticRun({.batch = 4, .newTokens = 64, .seed = static_cast<uint64_t>(number)});
    run.label = std::to_string(number);
    return runsToJson({run});
}

// The last number that the writer printed before it was killed; 0 for none.
int writeAndKill(const QString &file, int first, int afterMs)
{
    QProcess writer;
    writer.start(QStringLiteral(INFERLAB_HISTORY_WRITER), {file, QString::number(first)});
    if (!writer.waitForStarted(kPatienceMs) || !writer.waitForReadyRead(kPatienceMs))
        return -1; // it never wrote anything: not a test of killing
    QTest::qSleep(afterMs);
    writer.kill();
    writer.waitForFinished(kPatienceMs);
    int last = 0;
    for (const QByteArray &line : writer.readAllStandardOutput().split('\n')) {
        bool whole = false;
        const int number = line.toInt(&whole);
        last = whole ? number : last;
    }
    return last;
}

} // namespace

class TestHistoryKill : public QObject
{
    Q_OBJECT

private slots:
    void whatWasSaidToBeKeptIsThere()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("history.sqlite"));
        QRandomGenerator random(1);
        int first = 1;
        for (int kill = 0; kill < kKills; ++kill) {
            const int last = writeAndKill(file, first, static_cast<int>(random.bounded(40)));
            QVERIFY2(last >= first, "the writer wrote nothing");
            HistoryStore store(file);
            QVERIFY2(store.notices().isEmpty(), qPrintable(store.notices().join(u'\n')));
            const int64_t kept = store.list({}).total;
            // The one whose number was not printed any more may be there.
            QVERIFY2(kept == last || kept == last + 1,
                     qPrintable(QStringLiteral("said %1, kept %2").arg(last).arg(kept)));
            for (int number = first; number <= last; ++number)
                QCOMPARE(runsToJson({store.record(number)}), expectedJson(number));
            first = static_cast<int>(kept) + 1;
        }
    }
};

QTEST_GUILESS_MAIN(TestHistoryKill)
#include "test_history_kill.moc"
