// An experiment of the window that is killed in the middle, again and again, and gone on with: in
// the end its folder and the history have the same runs, each once.
#include "app/experiment/experiment_folder.h"
#include "app/history/history_store.h"
#include "engine/measure/record_json.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>
#include <map>
#include <utility>

using namespace inferlab;

namespace {

constexpr int kPatienceMs = 60000;
constexpr size_t kRuns = 12; // of the plan in experiment_victim.cpp

class Victim
{
public:
    QString history() const { return m_folder.filePath(QStringLiteral("history.sqlite")); }
    QString results() const { return m_folder.filePath(QStringLiteral("results")); }

    // Until it ends by itself, or kills itself after so many runs: whether it ended well.
    bool run(int runs = 0) const
    {
        QProcess victim;
        start(victim, runs);
        return victim.waitForFinished(kPatienceMs) && victim.exitStatus() == QProcess::NormalExit
            && victim.exitCode() == 0;
    }

    // So long after its first run, from outside.
    void runAndKill(int afterMs) const
    {
        QProcess victim;
        start(victim, 0);
        victim.waitForReadyRead(kPatienceMs);
        QTest::qSleep(afterMs);
        victim.kill();
        victim.waitForFinished(kPatienceMs);
    }

private:
    void start(QProcess &victim, int runs) const
    {
        QStringList arguments {results(), history()};
        if (runs > 0)
            arguments << QString::number(runs);
        victim.start(QStringLiteral(INFERLAB_EXPERIMENT_VICTIM), arguments);
        if (!victim.waitForStarted(kPatienceMs))
            qFatal("the program does not start");
    }

    QTemporaryDir m_folder;
};

using Records = std::map<std::pair<int, int>, std::string>; // by point and repeat, as JSON

Records recordsOfFolder(const QString &folder)
{
    Records records;
    for (const PointResult &point : readExperimentFolder(folder.toStdString()).points) {
        for (const MeasuredRun &run : point.runs)
            records[{static_cast<int>(point.point.index), run.repeat}] = runsToJson({*run.record});
    }
    return records;
}

Records recordsOfHistory(const QString &file)
{
    HistoryStore store(file);
    Records records;
    for (const HistoryRun &run : store.list({}).runs) {
        const std::pair key {run.place->point, run.place->repeat};
        if (!records.emplace(key, runsToJson({store.record(run.id)})).second)
            qFatal("a run is there twice");
    }
    return records;
}

} // namespace

class TestExperimentKill : public QObject
{
    Q_OBJECT

private slots:
    // Each time the history has a run that the folder does not count: that one is measured again.
    void betweenHistoryAndFolder()
    {
        const Victim victim;
        for (const int runs : {1, 2, 1, 3}) {
            QVERIFY(!victim.run(runs));
            QCOMPARE(recordsOfHistory(victim.history()).size(),
                     recordsOfFolder(victim.results()).size() + 1);
        }
        QVERIFY(victim.run());
        const Records folder = recordsOfFolder(victim.results());
        QCOMPARE(folder.size(), kRuns);
        QVERIFY(recordsOfHistory(victim.history()) == folder);
    }

    void atAnyMoment()
    {
        const Victim victim;
        QRandomGenerator random(1);
        for (int kill = 0; kill < 8; ++kill)
            victim.runAndKill(static_cast<int>(random.bounded(12)));
        QVERIFY(victim.run());
        const Records folder = recordsOfFolder(victim.results());
        QCOMPARE(folder.size(), kRuns);
        QVERIFY(recordsOfHistory(victim.history()) == folder);
    }
};

QTEST_GUILESS_MAIN(TestExperimentKill)
#include "test_experiment_kill.moc"
