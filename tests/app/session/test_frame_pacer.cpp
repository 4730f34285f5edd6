// Frames come so far apart that drawing keeps to its share of a core.
#include "app/session/frame_pacer.h"

#include <QtTest>

using namespace inferlab;

namespace {

constexpr int64_t kNsPerMs = 1'000'000;

// Frames of the same cost until their distance has settled.
int settled(FramePacer &pacer, int64_t costMs)
{
    int next = 0;
    int64_t cpuNs = 0;
    for (int frame = 0; frame < 100; ++frame) {
        cpuNs += costMs * kNsPerMs;
        next = pacer.nextMs(cpuNs);
    }
    return next;
}

} // namespace

class TestFramePacer : public QObject
{
    Q_OBJECT

private slots:
    void cheapFramesKeepTheLeast()
    {
        FramePacer pacer(16);
        pacer.begin(0.5);
        QCOMPARE(settled(pacer, 2), 16);
    }

    void dearFramesComeFurtherApart()
    {
        FramePacer pacer(16);
        pacer.begin(0.02);
        QCOMPARE(settled(pacer, 1), 50);
    }

    void neverBeyondTheMost()
    {
        FramePacer pacer(16);
        pacer.begin(0.02);
        QCOMPARE(settled(pacer, 400), FramePacer::kMostMs);
        FramePacer slow(250); // whoever asks for less gets less
        slow.begin(0.02);
        QCOMPARE(settled(slow, 400), 250);
    }

    // At the most distance of 100 ms, 2% are 2 ms a frame.
    void whatCanWaitIsLeftOutUntilTheShareIsEarned()
    {
        FramePacer pacer(16);
        pacer.begin(0.02);
        settled(pacer, 40);
        QVERIFY(pacer.isOverdrawn());
        int64_t cpuNs = 100 * 40 * kNsPerMs; // where settled() ended
        int cheap = 0;
        for (; pacer.isOverdrawn() && cheap < 100; ++cheap)
            pacer.nextMs(cpuNs += kNsPerMs);
        QCOMPARE(cheap, 5); // each earns 1 ms of the 5 that are owed at the most
    }

    void framesWithinTheShareAreWhole()
    {
        FramePacer pacer(16);
        pacer.begin(0.02);
        settled(pacer, 1);
        QVERIFY(!pacer.isOverdrawn());
        pacer.nextMs(1000 * kNsPerMs); // dear, but the next may still come later
        pacer.begin(0.02);
        QVERIFY(!pacer.isOverdrawn());
    }

    void aRunBeginsWithoutThePast()
    {
        FramePacer pacer(16);
        pacer.begin(0.02);
        settled(pacer, 400);
        pacer.begin(0.02);
        QCOMPARE(pacer.nextMs(77 * kNsPerMs), 16); // what came before is not this run's
    }
};

QTEST_GUILESS_MAIN(TestFramePacer)
#include "test_frame_pacer.moc"
