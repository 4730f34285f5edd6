// Runs side by side: which stand in one column, what is said to differ, the figures and verdicts,
// and the page around them.
#include "engine/measure/changed_settings.h"
#include "engine/measure/metrics.h"
#include "support/synthetic_run.h"
#include "ui/charts/chart_source.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/figures.h"

#include <QComboBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;

namespace {

RunRecordPtr runOf(const SyntheticRun &shape)
{
    return std::make_shared<RunRecord>(makeSyntheticRun(shape));
}

QStringList rowOf(const ChartTable &table, const QString &name)
{
    for (const QStringList &row : table.rows) {
        if (row.front() == name)
            return row;
    }
    return {};
}

std::vector<ChartCard *> makeCharts()
{
    std::vector<ChartCard *> cards;
    for (const QString &id : {QStringLiteral("itl"), QStringLiteral("percentiles")})
        cards.push_back(makeChartCard(id));
    return cards;
}

} // namespace

class TestComparePage : public QObject
{
    Q_OBJECT

private slots:
    void repeatsStandInOneColumn();
    void twoRepeatsAloneAreComparedAllTheSame();
    void everySettingMakesAColumnAndIsSaid();
    void onlyWhatDiffersIsListed();
    void figuresAreThoseOfTheRuns();
    void aSlowerRunIsSaidToBeSlower();
    void theSameRunShowsNoDifference();
    void manyColumnsShowChangesAgainstTheFirst();
    void repeatsAreComparedRunByRun();
    void runsWithoutTokensHaveDashes();
    void theBaselineCanBeChanged();
    void anEmptyPageLeadsToTheHistory();
    void escapeShrinksAnEnlargedChart();
};

void TestComparePage::repeatsStandInOneColumn()
{
    const auto columns = compareColumns(
        {runOf({.seed = 1}), runOf({.batch = 8}), runOf({.seed = 2}), runOf({.kvCache = false})});
    QCOMPARE(columns.size(), size_t(3));
    QCOMPARE(columns[0].runs.size(), size_t(2));
    QCOMPARE(columns[0].label, QStringLiteral("CPU, batch 1"));
    QCOMPARE(columns[1].label, QStringLiteral("CPU, batch 8"));
    QCOMPARE(columns[2].label, QStringLiteral("CPU, batch 1 (2)")); // one name each
}

void TestComparePage::twoRepeatsAloneAreComparedAllTheSame()
{
    const auto columns = compareColumns({runOf({.seed = 1}), runOf({.seed = 2})});
    QCOMPARE(columns.size(), size_t(2));
    const ChartTable differing = differingSettings(columns);
    QCOMPARE(differing.rows,
             (std::vector<QStringList> {
                 {QStringLiteral("Seed"), QStringLiteral("1"), QStringLiteral("2")}}));
}

void TestComparePage::everySettingMakesAColumnAndIsSaid()
{
    const auto runWith = [](const RunSettings &settings) {
        RunRecord run = makeSyntheticRun({});
        run.settings = settings;
        return std::make_shared<RunRecord>(std::move(run));
    };
    for (const ChangedSettings &changed : changedSettings()) {
        const auto columns = compareColumns({runWith(baseSettings()), runWith(changed.settings)});
        QVERIFY2(columns.size() == 2, changed.name.c_str()); // a seed alone too: there is no other
        const ChartTable differing = differingSettings(columns);
        QVERIFY2(differing.rows.size() == 1, changed.name.c_str());
        QVERIFY2(differing.rows.front()[1] != differing.rows.front()[2], changed.name.c_str());
    }
    // More than two: those of another seed or round are repeats, of another anything else they are
    // not.
    for (const ChangedSettings &changed : changedSettings()) {
        const auto columns = compareColumns({runWith(baseSettings()), runWith(changed.settings),
                                             runWith(baseSettings()), runWith(changed.settings)});
        const bool isRepeat = changed.name == "seed" || changed.name == "round";
        QVERIFY2(columns.size() == (isRepeat ? 1 : 2), changed.name.c_str());
    }
}

void TestComparePage::onlyWhatDiffersIsListed()
{
    const auto columns =
        compareColumns({runOf({.batch = 1}), runOf({.batch = 8, .kvCache = false})});
    const ChartTable differing = differingSettings(columns);
    QCOMPARE(differing.columns,
             (QStringList {QStringLiteral("Setting"), QStringLiteral("CPU, batch 1"),
                           QStringLiteral("CPU, batch 8")}));
    QCOMPARE(differing.rows.size(), size_t(2));
    QCOMPARE(rowOf(differing, QStringLiteral("Batch")),
             (QStringList {QStringLiteral("Batch"), QStringLiteral("1"), QStringLiteral("8")}));
    QCOMPARE(
        rowOf(differing, QStringLiteral("KV cache")),
        (QStringList {QStringLiteral("KV cache"), QStringLiteral("on"), QStringLiteral("off")}));
    const QString same = commonSettings(columns);
    QVERIFY2(same.contains(QStringLiteral("Model SmolLM2 135M Instruct Q4_1")), qPrintable(same));
    QVERIFY(!same.contains(QStringLiteral("Batch")));
}

void TestComparePage::figuresAreThoseOfTheRuns()
{
    const std::vector<RunRecordPtr> runs {runOf({.batch = 1}), runOf({.batch = 8})};
    const ChartTable table = comparedFigures(compareColumns(runs));
    for (size_t i = 0; i < runs.size(); ++i) {
        const RunMetrics metrics = computeMetrics(*runs[i]);
        const auto column = static_cast<qsizetype>(i) + 1;
        QCOMPARE(rowOf(table, QStringLiteral("ITL, P50, ms"))[column],
                 figures::tokPerSecond(metrics.itl->p50));
        QCOMPARE(rowOf(table, QStringLiteral("First token, P50, ms"))[column],
                 figures::tokPerSecond(metrics.ttft->p50));
        QCOMPARE(rowOf(table, QStringLiteral("Throughput, tok/s total"))[column],
                 figures::tokPerSecond(*metrics.outputTokPerSecond));
    }
    // One first token is no P90.
    QVERIFY(
        rowOf(table, QStringLiteral("First token, P90, ms"))[1].contains(QStringLiteral("n = 1")));
}

void TestComparePage::aSlowerRunIsSaidToBeSlower()
{
    const auto columns =
        compareColumns({runOf({.newTokens = 400}), runOf({.newTokens = 400, .kvCache = false})});
    const QStringList itl = rowOf(comparedFigures(columns), QStringLiteral("ITL, P50, ms"));
    QVERIFY2(itl.back().startsWith(QStringLiteral("slower")), qPrintable(itl.back()));
    const auto turned = std::vector<CompareColumn> {columns[1], columns[0]};
    const QStringList back = rowOf(comparedFigures(turned), QStringLiteral("ITL, P50, ms"));
    QVERIFY2(back.back().startsWith(QStringLiteral("faster")), qPrintable(back.back()));
}

void TestComparePage::theSameRunShowsNoDifference()
{
    RunRecord other = makeSyntheticRun({.newTokens = 400});
    other.settings.sampling.topK = 40; // what makes it another column changes no time
    other.settings.sampling.temperature = 0.7f;
    const auto columns =
        compareColumns({runOf({.newTokens = 400}), std::make_shared<RunRecord>(std::move(other))});
    QCOMPARE(columns.size(), size_t(2));
    const ChartTable table = comparedFigures(columns);
    for (const auto *name : {"ITL, P50, ms", "ITL, P90, ms"}) {
        const QStringList row = rowOf(table, QString::fromLatin1(name));
        QVERIFY2(row.back().startsWith(QStringLiteral("no difference shown")),
                 qPrintable(row.back()));
    }
    QCOMPARE(rowOf(table, QStringLiteral("Throughput, tok/s total")).back(),
             QStringLiteral("+0.0%; one value each"));
}

void TestComparePage::manyColumnsShowChangesAgainstTheFirst()
{
    const ChartTable table = comparedFigures(
        compareColumns({runOf({.batch = 1}), runOf({.batch = 8}), runOf({.batch = 16})}));
    QCOMPARE(table.columns.size(), 4);
    const QStringList itl = rowOf(table, QStringLiteral("ITL, P50, ms"));
    QVERIFY(!itl[1].contains(QLatin1Char('%')));
    QVERIFY2(itl[2].contains(QLatin1Char('%')) && itl[2].contains(QStringLiteral(" to ")),
             qPrintable(itl[2]));
}

// Six runs a column, each of B twice as long as any of A: the interval must hold the factor, and
// the throughput, one value a run, has an interval now.
void TestComparePage::repeatsAreComparedRunByRun()
{
    std::vector<RunRecordPtr> runs;
    for (uint64_t seed = 1; seed <= 6; ++seed) {
        runs.push_back(runOf({.stepMs = 5, .perSequenceMs = 0, .seed = seed}));
        RunRecord slow = makeSyntheticRun({.stepMs = 10, .perSequenceMs = 0, .seed = seed});
        slow.settings.threads = 1;
        runs.push_back(std::make_shared<RunRecord>(std::move(slow)));
    }
    const auto columns = compareColumns(runs);
    QCOMPARE(columns.size(), size_t(2));
    QVERIFY(comparisonNote(columns).contains(QStringLiteral("each run")));
    const ChartTable table = comparedFigures(columns);
    QVERIFY(table.columns[1].contains(QStringLiteral("(6 runs)")));
    const QStringList throughput = rowOf(table, QStringLiteral("Throughput, tok/s total"));
    QVERIFY2(throughput.back().startsWith(QStringLiteral("slower by")),
             qPrintable(throughput.back()));
}

void TestComparePage::runsWithoutTokensHaveDashes()
{
    RunRecord empty;
    empty.label = "nothing";
    const ChartTable table =
        comparedFigures(compareColumns({runOf({}), std::make_shared<RunRecord>(empty)}));
    for (const QStringList &row : table.rows) {
        QCOMPARE(row[2], QStringLiteral("–"));
        QCOMPARE(row[3], QStringLiteral("–"));
    }
}

void TestComparePage::theBaselineCanBeChanged()
{
    const ThemeController theme(*qApp, [] { return false; });
    ComparePage page(makeCharts());
    page.resize(1280, 700);
    page.show();
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    page.setRuns({runOf({.batch = 1}), runOf({.batch = 8}), runOf({.batch = 16})});
    QCOMPARE(page.baselineChoice()->count(), 3);
    QCOMPARE(page.board()->shownData().current->settings.batch, 1);
    QCOMPARE(page.board()->shownData().earlier.size(), size_t(2));
    page.baselineChoice()->setFocus();
    QTest::keyClick(page.baselineChoice(), Qt::Key_Down);
    QCOMPARE(page.columns().front().label, QStringLiteral("CPU, batch 8"));
    QCOMPARE(page.figuresTable().columns[1], QStringLiteral("CPU, batch 8"));
    QCOMPARE(page.board()->shownData().current->settings.batch, 8);
    QVERIFY(!page.board()->cards().front()->table().rows.empty());
}

void TestComparePage::anEmptyPageLeadsToTheHistory()
{
    const ThemeController theme(*qApp, [] { return false; });
    ComparePage page(makeCharts());
    page.show();
    QSignalSpy wanted(&page, &ComparePage::historyRequested);
    for (QPushButton *button : page.findChildren<QPushButton *>()) {
        if (button->text() == QStringLiteral("Open the history"))
            button->click();
    }
    QCOMPARE(wanted.count(), 1);
}

void TestComparePage::escapeShrinksAnEnlargedChart()
{
    const ThemeController theme(*qApp, [] { return false; });
    ComparePage page(makeCharts());
    page.show();
    page.setRuns({runOf({.batch = 1}), runOf({.batch = 8})});
    page.board()->enlarge(QStringLiteral("itl"));
    page.baselineChoice()->setFocus();
    QTest::keyClick(page.baselineChoice(), Qt::Key_Escape);
    QVERIFY(page.board()->enlarged().isEmpty());
}

QTEST_MAIN(TestComparePage)
#include "test_compare_page.moc"
