// Work in the background: nobody waits for it, and of several answers the last one comes.
#include "ui/pages/experiment/latest_work.h"

#include <QElapsedTimer>
#include <QTest>
#include <chrono>
#include <stdexcept>
#include <thread>

using namespace inferlab;
using namespace std::chrono_literals;

namespace {

constexpr int kPatienceMs = 20000;

// As a reader of files behaves: looks now and then whether it is still wanted.
int untilUnwanted(const std::atomic<bool> &stop)
{
    while (!stop)
        std::this_thread::sleep_for(1ms);
    throw Cancelled();
}

// Finishes although nobody wants it any more.
int deaf(const std::atomic<bool> &)
{
    std::this_thread::sleep_for(300ms);
    return 1;
}

} // namespace

class TestLatestWork : public QObject
{
    Q_OBJECT

private slots:
    void theLastQuestionIsAnswered()
    {
        QObject receiver;
        LatestWork work(&receiver);
        std::vector<int> answers;
        const auto done = [&answers](int answer) { answers.push_back(answer); };
        const auto failed = [](const QString &) { QFAIL("nothing fails"); };
        QElapsedTimer asked;
        asked.start();
        work.start(deaf, done, failed);
        work.start(untilUnwanted, done, failed);
        work.start([](const std::atomic<bool> &) { return 3; }, done, failed);
        QVERIFY(asked.elapsed() < 250); // it never waits
        QVERIFY(work.isWorking());
        QTRY_VERIFY_WITH_TIMEOUT(!work.isWorking(), kPatienceMs);
        QTest::qWait(50);
        QCOMPARE(answers, std::vector<int> {3});
    }

    void whatIsCancelledIsNeverAnswered()
    {
        QObject receiver;
        bool answered = false;
        {
            LatestWork work(&receiver);
            work.start(
                deaf, [&](int) { answered = true; }, [&](const QString &) { answered = true; });
            work.cancel();
            QVERIFY(!work.isWorking());
        }
        QTest::qWait(50);
        QVERIFY(!answered);
    }

    void whatGoesWrongIsALine()
    {
        QObject receiver;
        LatestWork work(&receiver);
        QString line;
        work.start(
            [](const std::atomic<bool> &) -> int { throw std::runtime_error("no such folder"); },
            [](int) { QFAIL("there is no answer"); }, [&line](const QString &why) { line = why; });
        QTRY_COMPARE_WITH_TIMEOUT(line, QStringLiteral("no such folder"), kPatienceMs);
        QVERIFY(!work.isWorking());
    }

    void theEndStopsWhatGoesOn()
    {
        QObject receiver;
        QElapsedTimer end;
        {
            LatestWork work(&receiver);
            work.start(
                untilUnwanted, [](int) {}, [](const QString &) {});
            QTest::qWait(20);
            end.start();
        }
        QVERIFY(end.elapsed() < kPatienceMs);
    }
};

QTEST_GUILESS_MAIN(TestLatestWork)
#include "test_latest_work.moc"
