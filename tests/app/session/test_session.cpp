// The session as the window uses it: signals in order, the live run, the end of a run, dying in the
// middle.
#include "app/session/session.h"
#include "support/synthetic_engine.h"

#include <QSignalSpy>
#include <QTest>
#include <chrono>

using namespace inferlab;
using namespace std::chrono_literals;

class TestSession : public QObject
{
    Q_OBJECT

private slots:
    void aRunFromPressToRecord()
    {
        Session session(test::syntheticSource({}));
        QVERIFY(session.liveRun() == nullptr);
        QVERIFY(!session.isBusy());
        QSignalSpy ready(&session, &Session::modelReady);
        QSignalSpy started(&session, &Session::runStarted);
        QSignalSpy finished(&session, &Session::runFinished);
        session.run(test::syntheticPlan(20, 3));
        QVERIFY(session.isBusy());
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(ready.count(), 1);
        QCOMPARE(started.count(), 1);
        QTRY_VERIFY(!session.isBusy());
        QCOMPARE(session.status().phase, Phase::Ready);
        const auto record = finished[0][0].value<RunRecordPtr>();
        QCOMPARE(record->requests.size(), size_t(3));
        QCOMPARE(session.liveRun(), record.get());
        QVERIFY(session.model().has_value());
    }

    void theLiveRunGrowsWhileTokensArrive()
    {
        test::SyntheticPace pace;
        pace.step = 2ms;
        Session session(test::syntheticSource(pace));
        std::vector<size_t> lengths;
        connect(&session, &Session::runAdvanced, this, [&] {
            const RunRecord *run = session.liveRun();
            QVERIFY(run != nullptr);
            if (!run->requests.empty())
                lengths.push_back(run->requests[0].tokens.size());
        });
        QSignalSpy finished(&session, &Session::runFinished);
        session.run(test::syntheticPlan(100));
        QTRY_COMPARE(finished.count(), 1);
        QVERIFY(lengths.size() > 3);
        QVERIFY(std::is_sorted(lengths.begin(), lengths.end()));
        QCOMPARE(lengths.back(), size_t(100));
    }

    void aSlowScreenCatchesUpBySnapshot()
    {
        test::SyntheticPace pace;
        pace.step = 20us;
        Session session(test::syntheticSource(pace));
        session.setFrameInterval(200);
        QSignalSpy finished(&session, &Session::runFinished);
        session.run(test::syntheticPlan(
            3000, 64)); // far more tokens between two looks than the mailbox holds
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 60000);
        for (const RequestRecord &request : session.liveRun()->requests)
            QCOMPARE(request.tokens.size(), size_t(3000));
    }

    void stopAndRunAgain()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        Session session(test::syntheticSource(pace));
        QSignalSpy finished(&session, &Session::runFinished);
        session.run(test::syntheticPlan(1000000));
        QTRY_VERIFY(session.liveRun() != nullptr && !session.liveRun()->requests.empty()
                    && session.liveRun()->requests[0].tokens.size() > 5);
        session.stop();
        QTRY_COMPARE(finished.count(), 1);
        QCOMPARE(session.liveRun()->requests[0].endReason, EndReason::Cancelled);
        session.run(test::syntheticPlan(3));
        QTRY_COMPARE(finished.count(), 2);
        QCOMPARE(session.liveRun()->requests[0].endReason, EndReason::Length);
    }

    void aFailureIsOneLine()
    {
        Session session(test::syntheticSource({}));
        QSignalSpy failed(&session, &Session::failed);
        ModelChoice missing;
        missing.path = QStringLiteral("missing.gguf");
        session.load(missing);
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed[0][0].toString().contains(QStringLiteral("missing.gguf")));
        QVERIFY(!failed[0][0].toString().contains(QLatin1Char('\n')));
        QTRY_VERIFY(!session.isBusy());
        QCOMPARE(session.status().phase, Phase::Empty);
    }

    void dyingDuringARunIsClean()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        for (int i = 0; i < 10; ++i) {
            Session session(test::syntheticSource(pace));
            session.run(test::syntheticPlan(1000000, 16));
            QTest::qWait(i * 3);
        }
    }

    void aSweepTellsWhichRunItIsIn()
    {
        test::SyntheticPace pace;
        pace.step = 1ms;
        Session session(test::syntheticSource(pace));
        int highest = 0;
        connect(&session, &Session::statusChanged, this, [&](const PhaseStatus &status) {
            highest = std::max(highest, status.sweepIndex);
            if (status.sweepIndex > 0)
                QCOMPARE(status.sweepCount, 3);
        });
        QSignalSpy knee(&session, &Session::kneeFinished);
        KneePlan sweep;
        sweep.base = test::syntheticPlan(30);
        sweep.batches = {1, 2, 4};
        session.findKnee(sweep);
        QTRY_COMPARE(knee.count(), 1);
        QCOMPARE(knee[0][0].value<std::vector<RunRecordPtr>>().size(), size_t(3));
        QVERIFY(highest >= 1);
        QTRY_COMPARE(session.status().sweepCount, 0);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "test_session.moc"
