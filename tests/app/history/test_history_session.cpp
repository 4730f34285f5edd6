// A session with a history: what the window hears is on the disk already, whatever ended the run.
#include "app/history/history.h"
#include "app/history/history_store.h"
#include "app/session/session.h"
#include "engine/measure/record_json.h"
#include "support/synthetic_engine.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

constexpr int kPatienceMs = 30000;

class Fixture
{
public:
    explicit Fixture(const test::SyntheticPace &pace)
        : session(
            test::syntheticSource(pace), nullptr,
            [this](const RunRecord &run, const std::optional<RunPlace> &) { history.save(run); })
    {
        QObject::connect(&session, &Session::runFinished, &session,
                         [this](const RunRecordPtr &run) {
                             heard.push_back(run);
                             HistoryStore store(file);
                             onDisk.push_back(store.list({}).total);
                             lastOnDisk = runsToJson({store.record(onDisk.back())});
                         });
    }
    bool waitUntilIdle()
    {
        return QTest::qWaitFor([this] { return !session.isBusy(); }, kPatienceMs);
    }

    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("history.sqlite"));
    History history {file};
    Session session;
    std::vector<RunRecordPtr> heard;
    std::vector<int64_t> onDisk; // when each was heard of
    std::string lastOnDisk;
};

} // namespace

class TestHistorySession : public QObject
{
    Q_OBJECT

private slots:
    void aRunIsOnDiskWhenTheWindowHearsOfIt()
    {
        Fixture fixture({});
        fixture.session.run(test::syntheticPlan(40, 4));
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.onDisk, std::vector<int64_t> {1});
        QCOMPARE(fixture.lastOnDisk, runsToJson({*fixture.heard.back()}));
    }

    void aStoppedRunIsKeptWithWhatItHas()
    {
        Fixture fixture({.step = 1ms});
        QObject::connect(&fixture.session, &Session::runAdvanced, &fixture.session,
                         [&] { fixture.session.stop(); });
        fixture.session.run(test::syntheticPlan(100000));
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.onDisk, std::vector<int64_t> {1});
        QCOMPARE(fixture.lastOnDisk, runsToJson({*fixture.heard.back()}));
        QVERIFY(HistoryStore(fixture.file).find(1)->ending == RunEnding::Stopped);
    }

    void everyRunOfASweepIsKept()
    {
        Fixture fixture({});
        KneePlan knee;
        knee.base = test::syntheticPlan(8);
        knee.batches = {1, 2, 4};
        fixture.session.findKnee(knee);
        QVERIFY(fixture.waitUntilIdle());
        HistoryStore store(fixture.file);
        std::vector<int> batches;
        for (const HistoryRun &run :
             store.list({.sort = HistorySort::Batch, .descending = false}).runs)
            batches.push_back(run.settings.batch);
        QCOMPARE(batches, (std::vector<int> {1, 2, 4})); // and not the warm-up
    }

    void otherFilesAreNoHistory()
    {
        const QTemporaryDir folder;
        QVERIFY(mayBeHistory(folder.filePath(QStringLiteral("new"))));
        QFile file(folder.filePath(QStringLiteral("model.gguf")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(mayBeHistory(file.fileName())); // empty
        file.write("GGUF and so on, for a while");
        file.close();
        QVERIFY(!mayBeHistory(file.fileName()));
        const QString history = folder.filePath(QStringLiteral("history.sqlite"));
        HistoryStore {history};
        QVERIFY(mayBeHistory(history));
    }
};

QTEST_GUILESS_MAIN(TestHistorySession)
#include "test_history_session.moc"
