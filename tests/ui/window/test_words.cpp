// The words and figures of the window: units, stats lines, phases, consequences, the inspector's
// sentence.
#include "ui/widgets/consequences.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/stats_line.h"
#include "ui/widgets/token_inspector.h"

#include <QtTest>

using namespace inferlab;

namespace {

constexpr int64_t kMs = 1'000'000;

// Submitted at 1 ms, first token after 310 ms, then a gap of 20 ms each.
RunRecord record(int tokens, EndReason reason, int requests = 1)
{
    RunRecord run;
    for (int r = 0; r < requests; ++r) {
        RequestRecord request;
        request.id = r;
        request.scheduledNs = request.submittedNs = kMs;
        request.startedNs = 2 * kMs;
        request.promptTokens = 5;
        for (int i = 0; i < tokens; ++i)
            request.tokens.push_back({311 * kMs + i * 20 * kMs, 1, 100 + i, " x", 0.91F, {}});
        request.endReason = reason;
        request.endNs = reason == EndReason::Running ? 0 : 311 * kMs + tokens * 20 * kMs;
        run.requests.push_back(request);
    }
    return run;
}

} // namespace

class TestWords : public QObject
{
    Q_OBJECT

private slots:
    void figuresHaveUnits();
    void piecesAreQuoted();
    void statsOfAnAnswer();
    void phasesHaveNames();
    void consequencesWarn();
    void promptProblems();
    void theMarkedTokenInASentence();
};

void TestWords::figuresHaveUnits()
{
    QCOMPARE(figures::count(14906), QStringLiteral("14,906"));
    QCOMPARE(figures::milliseconds(6.31), QStringLiteral("6.3 ms"));
    QCOMPARE(figures::milliseconds(0.421), QStringLiteral("0.42 ms"));
    QCOMPARE(figures::milliseconds(1204.4), QStringLiteral("1,204 ms"));
    QCOMPARE(figures::seconds(0.027), QStringLiteral("27 ms"));
    QCOMPARE(figures::seconds(0.312), QStringLiteral("0.31 s"));
    QCOMPARE(figures::seconds(12.44), QStringLiteral("12.4 s"));
    QCOMPARE(figures::seconds(200), QStringLiteral("3 min 20 s"));
    QCOMPARE(figures::clock(65.2), QStringLiteral("1:05"));
    QCOMPARE(figures::tokPerSecond(42.07), QStringLiteral("42.1"));
    QCOMPARE(figures::tokPerSecond(99.97), QStringLiteral("100"));
    QCOMPARE(figures::tokPerSecond(8410.2), QStringLiteral("8,410"));
    QCOMPARE(figures::bytes(1), QStringLiteral("0 KiB"));
    QCOMPARE(figures::bytes(uint64_t {92} << 20U), QStringLiteral("92 MiB"));
    QCOMPARE(figures::bytes(uint64_t {1434} << 20U), QStringLiteral("1.4 GiB"));
    QCOMPARE(figures::probability(0.914), QStringLiteral(".91"));
    QCOMPARE(figures::probability(1), QStringLiteral("1.00"));
    QCOMPARE(figures::probability(0.001), QStringLiteral("<.01"));
}

void TestWords::piecesAreQuoted()
{
    QCOMPARE(figures::quotedPiece(" Paris"), QStringLiteral("\" Paris\""));
    QCOMPARE(figures::quotedPiece("\n\t\x01"), QStringLiteral("\"\\n\\t\\x01\""));
    QCOMPARE(figures::quotedPiece("\xC3"), QStringLiteral("\"\\xc3\""));
}

void TestWords::statsOfAnAnswer()
{
    QCOMPARE(
        statsText(record(3, EndReason::Stop), 0, false),
        QStringLiteral("50.0 tok/s/user · 3 tokens · 0.31 s to first token · stop: end of text"));
    QCOMPARE(statsText(record(3, EndReason::Running), 0, true),
             QStringLiteral("~50.0 tok/s/user · 3 tokens · 0.31 s to first token"));
    QCOMPARE(statsText(record(1, EndReason::Cancelled), 0, false),
             QStringLiteral("1 token · 0.31 s to first token · stop: cancelled"));
    QCOMPARE(statsText(record(0, EndReason::Running), 0, true), QString());
    QCOMPARE(statsText(record(1, EndReason::Stop), 7, false), QString());
    const QString batch = statsText(record(11, EndReason::Length, 4), 2, false);
    QVERIFY2(batch.startsWith(QStringLiteral("50.0 tok/s/user · ")), qPrintable(batch));
    QVERIFY2(batch.contains(QStringLiteral("tok/s total · 11 tokens")), qPrintable(batch));
    const QString all = batchStatsText(record(11, EndReason::Length, 4), false);
    QVERIFY2(all.contains(QStringLiteral("50.0 tok/s/user (P50) · 44 tokens")), qPrintable(all));
}

void TestWords::phasesHaveNames()
{
    PhaseStatus status;
    QCOMPARE(phaseText(status), QStringLiteral("No model"));
    status.phase = Phase::Loading;
    status.done = 41;
    status.total = 100;
    QCOMPARE(phaseText(status), QStringLiteral("Loading 41%"));
    status.phase = Phase::Identifying;
    QCOMPARE(phaseText(status), QStringLiteral("Identifying the model 41%"));
    QCOMPARE(*phaseShare(status, {}), 0.41);
    status.phase = Phase::Prefill;
    status.done = 6144;
    status.total = 14906;
    QCOMPARE(phaseText(status), QStringLiteral("Processing prompt 41% (6,144/14,906)"));
    QCOMPARE(*phaseShare(status, {}), 6144.0 / 14906.0);
    status.phase = Phase::Generating;
    QVERIFY(!phaseShare(status, {}).has_value());
    QCOMPARE(*phaseShare(status, {30, 120}), 0.25);
    status.sweepIndex = 3;
    status.sweepCount = 6;
    QCOMPARE(phaseText(status), QStringLiteral("Run 3 of 6: Generating"));
    status.sweepIndex = 0;
    QCOMPARE(phaseText(status), QStringLiteral("Warming up"));
}

void TestWords::consequencesWarn()
{
    QVERIFY(!kvCacheConsequence(true, true).warning);
    QVERIFY(kvCacheConsequence(false, true).warning);
    MemoryPlan plan;
    plan.cacheBytes = size_t {1434} << 20U;
    plan.freeBytes = size_t {3174} << 20U;
    QCOMPARE(memoryConsequence(64, true, plan).text,
             QStringLiteral("Batch 64 needs 1.4 GiB of cache (of 3.1 GiB free)"));
    QVERIFY(!memoryConsequence(64, true, plan).warning);
    plan.freeBytes = size_t {1} << 30U;
    QVERIFY(memoryConsequence(64, true, plan).warning);
    QVERIFY(memoryConsequence(64, true, plan).text.contains(QStringLiteral("Does not fit")));
    DeviceInfo gpu;
    gpu.kind = "cuda";
    gpu.reason = "no NVIDIA driver found";
    QCOMPARE(deviceConsequence(gpu, std::nullopt).text, QStringLiteral("no NVIDIA driver found"));
    DeviceInfo cpu;
    cpu.kind = "cpu";
    cpu.name = "EPYC";
    cpu.available = true;
    ModelSummary loaded;
    QCOMPARE(deviceConsequence(cpu, loaded).text, QStringLiteral("EPYC"));
    loaded.choice.device = QStringLiteral("cuda");
    QVERIFY(deviceConsequence(cpu, loaded).text.contains(QStringLiteral("loaded again")));
}

void TestWords::promptProblems()
{
    const QString x = QStringLiteral("x");
    QVERIFY(promptProblem(x, 1, 100, false).isEmpty());
    QVERIFY(promptProblem(x, 99, 100, false).isEmpty());
    QVERIFY(promptProblem(x, -1, 0, false).isEmpty());
    QVERIFY(promptProblem(QStringLiteral(" \n"), 0, 100, true).contains(QStringLiteral("empty")));
    QCOMPARE(promptProblem(x, 100, 100, false),
             QStringLiteral("The prompt has 100 tokens; this model takes 99 at most: shorten it"));
    QCOMPARE(promptProblem(x, 9000, 8192, true),
             QStringLiteral("The prompt has 9,000 tokens with the chat template; this model takes "
                            "8,191 at most: shorten it"));
    QCOMPARE(promptFact(1, 30, 8192, true),
             QStringLiteral("1 token, 30 with the chat template (the model reads 8,192)"));
    QCOMPARE(promptFact(1200, 1201, 0, false), QStringLiteral("1,200 tokens"));
}

void TestWords::theMarkedTokenInASentence()
{
    RunRecord run = record(3, EndReason::Stop);
    run.requests[0].tokens[1].runnersUp = {{7, 0.04F, " y"}, {8, 0.001F, "\n"}};
    QCOMPARE(
        tokenSentence(run, 0, 1),
        QStringLiteral("token: \" x\"  id 101   20.0 ms   p .91 | then: \" y\" .04 \"\\n\" <.01"));
    QVERIFY(tokenSentence(run, 0, 0).contains(QStringLiteral("first token after 310 ms")));
    QCOMPARE(tokenSentence(run, 0, 3), QString());
    QCOMPARE(tokenSentence(run, 5, 0), QString());
    QCOMPARE(tokenSentence(run, 0, -1), QString());
}

QTEST_MAIN(TestWords)
#include "test_words.moc"
