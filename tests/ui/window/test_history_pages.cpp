// The history and the comparison in the window: from a run to its row, and from the row back to the
// run page.
#include "window_fixture.h"

#include "app/history/history.h"
#include "app/run_setup/run_requests.h"
#include "engine/measure/record_json.h"
#include "engine/measure/rich_record.h"
#include "support/synthetic_engine.h"
#include "ui/main_window/history_pages.h"
#include "ui/main_window/page_bar.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/history/history_model.h"
#include "ui/pages/history/history_page.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;

namespace {

constexpr int kPatienceMs = 30000;

// All of them, as a record's file has them.
QString settingsText(const RunSettings &settings)
{
    RunRecord run;
    run.settings = settings;
    return QString::fromStdString(runsToJson({run}));
}

// A window with a history that holds two finished runs, of batch 2 and of batch 4.
class Fixture
{
public:
    Fixture()
        : window(syntheticSource({}))
        , history(window.folder.filePath(QStringLiteral("history.sqlite")))
        , pages(addHistoryPages(*window.window, &history, window.settings))
    {
        window.loadModel(window.someModelFile());
        window.setPrompt(QStringLiteral("Why?"));
        for (const int batch : {2, 4}) {
            window.page->controls()->switches()->setBatch(batch);
            window.runToTheEnd();
            RunRecord run = *window.page->finishedRun();
            run.provenance.modelFile = "some.gguf"; // the synthetic model has no file
            history.save(run);
        }
        window.window->showPage(QStringLiteral("history"));
        if (!QTest::qWaitFor([this] { return pages.history->model()->total() == 2; }, kPatienceMs))
            qFatal("the runs are not listed");
    }
    ~Fixture() { window.window.reset(); } // before the history

    void mark(const std::vector<int> &rows)
    {
        std::vector<int64_t> ids;
        for (const int row : rows)
            ids.push_back(pages.history->model()->run(row).id);
        pages.history->mark(ids);
    }
    bool waitForPage(const char *id)
    {
        return QTest::qWaitFor(
            [&] { return window.window->pageBar()->currentPage() == QLatin1String(id); },
            kPatienceMs);
    }
    // Into the history, and from there again; null where it does not begin.
    RunRecordPtr runAgain(RunRecord run)
    {
        run.provenance.modelFile = "some.gguf";
        const int before = int(pages.history->model()->total());
        const QString label = QString::fromStdString(run.label);
        history.save(run);
        if (!QTest::qWaitFor([&] { return pages.history->model()->rowCount() == before + 1; },
                             kPatienceMs))
            return nullptr;
        for (int row = 0; row <= before; ++row) {
            if (pages.history->model()->run(row).name == label)
                mark({row});
        }
        QSignalSpy finished(window.session.get(), &Session::runFinished);
        QTest::mouseClick(pages.history->againButton(), Qt::LeftButton);
        if (!waitForPage("run")
            || !QTest::qWaitFor([&] { return finished.count() == 1 || !window.session->isBusy(); },
                                kPatienceMs)
            || finished.isEmpty())
            return nullptr;
        window.waitUntilIdle();
        return finished.first().first().value<RunRecordPtr>();
    }
    int rowOfBatch(int batch) const
    {
        return pages.history->model()->run(0).settings.batch == batch ? 0 : 1;
    }

    WindowFixture window;
    History history;
    const HistoryPages pages;
};

} // namespace

class TestHistoryPages : public QObject
{
    Q_OBJECT

private slots:
    void aRunIsOpenedOnTheRunPage();
    void runsAreKeptOnTheCharts();
    void runsAreCompared();
    void aRunIsRunAgainWithItsSettings();
    void everySettingOfARecordIsRunAgain();
    void theRunOfAnExperimentLeavesThePromptThatWasTyped();
    void aRecordWithoutAPromptIsRefused();
    void aModelThatIsNotKnownIsAskedFor();
    void withoutAHistoryThePagesAreThere();
};

void TestHistoryPages::aRunIsOpenedOnTheRunPage()
{
    Fixture fixture;
    fixture.mark({fixture.rowOfBatch(2)});
    QTest::mouseClick(fixture.pages.history->openButton(), Qt::LeftButton);
    QVERIFY(fixture.waitForPage("run"));
    QCOMPARE(fixture.window.page->finishedRun()->settings.batch, 2);
    QCOMPARE(fixture.window.page->controls()->plan().settings.batch, 2);
}

void TestHistoryPages::runsAreKeptOnTheCharts()
{
    Fixture fixture;
    fixture.mark({0, 1});
    QTest::mouseClick(fixture.pages.history->keepButton(), Qt::LeftButton);
    QVERIFY(fixture.waitForPage("run"));
    QCOMPARE(fixture.window.page->keptRuns()->runs().size(), size_t(2));
}

void TestHistoryPages::runsAreCompared()
{
    Fixture fixture;
    fixture.mark({0, 1});
    QTest::mouseClick(fixture.pages.history->compareButton(), Qt::LeftButton);
    QVERIFY(fixture.waitForPage("compare"));
    QCOMPARE(fixture.pages.compare->columns().size(), size_t(2));
    const auto &rows = fixture.pages.compare->settingsTable().rows;
    QVERIFY(std::any_of(rows.begin(), rows.end(), [](const QStringList &row) {
        return row.front() == QStringLiteral("Batch");
    }));
}

void TestHistoryPages::aRunIsRunAgainWithItsSettings()
{
    Fixture fixture;
    fixture.mark({fixture.rowOfBatch(2)});
    fixture.window.setPrompt(QStringLiteral("Something else"));
    QSignalSpy finished(fixture.window.session.get(), &Session::runFinished);
    QTest::mouseClick(fixture.pages.history->againButton(), Qt::LeftButton);
    QVERIFY(fixture.waitForPage("run"));
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
    const auto run = finished.first().first().value<RunRecordPtr>();
    QCOMPARE(run->settings.batch, 2);
    QCOMPARE(run->settings.prompt, std::string("Why?"));
    fixture.window.waitUntilIdle();
}

void TestHistoryPages::everySettingOfARecordIsRunAgain()
{
    RunRecord run;
    run.label = "every setting";
    run.settings = richSettings();
    // As many as there are: one more does not build, and has to get its place in richSettings().
    const auto &[device, threads, kvCache, cacheType, batchInvariant, stepGraphs, batch, scheduler,
                 padding, chunkTokens, requests, concurrency, promptTokens, contextTokens,
                 maxNewTokens, leastNewTokens, ignoreEnd, chat, systemPrompt, prompt, promptPool,
                 round, sampling] = run.settings;
    QVERIFY(!device.empty() && threads > 0 && batch > 0 && requests > 0 && round > 0);
    run.settings.contextTokens = promptTokens + maxNewTokens; // what a run of these takes
    Fixture fixture;
    const RunRecordPtr again = fixture.runAgain(run);
    QVERIFY(again != nullptr);
    QCOMPARE(settingsText(again->settings), settingsText(run.settings));
    QCOMPARE(again->label, run.label);
    QCOMPARE(again->requests.size(), size_t(9));
    const std::vector<Request> expected =
        makeRequests(run.settings, encodePool(run.settings, [](const RunSettings &settings) {
                         return std::vector<int32_t>(settings.prompt.size(), 1);
                     }));
    for (size_t i = 0; i < expected.size(); ++i)
        QCOMPARE(int(again->requests[i].tokens.size()), expected[i].maxNewTokens);
    const QString line = fixture.window.page->errorBar()->line();
    for (const char *part : {"prompts drawn from 2", "9 requests", "3 in flight",
                             "prompts of 20 tokens", "answers of 2 to 3 tokens"})
        QVERIFY2(line.contains(QLatin1String(part)), qPrintable(line));
}

void TestHistoryPages::theRunOfAnExperimentLeavesThePromptThatWasTyped()
{
    Fixture fixture;
    fixture.window.setPrompt(QStringLiteral("What I typed"));
    RunRecord run;
    run.label = "batch 4";
    run.settings.batch = 4;
    run.settings.maxNewTokens = 6;
    run.settings.threads = 2;
    run.settings.promptPool = {"one", "two"};
    run.settings.round = 3;
    const RunRecordPtr again = fixture.runAgain(run);
    QVERIFY(again != nullptr);
    QCOMPARE(again->settings.promptPool, run.settings.promptPool);
    QCOMPARE(again->settings.round, 3);
    const RunSettings shown = fixture.window.page->controls()->plan().settings;
    QCOMPARE(shown.prompt, std::string("What I typed"));
    QCOMPARE(shown.batch, 4);
    QCOMPARE(shown.maxNewTokens, 6);
}

void TestHistoryPages::aRecordWithoutAPromptIsRefused()
{
    Fixture fixture;
    fixture.window.setPrompt(QStringLiteral("What I typed"));
    RunRecord run;
    run.label = "from token ids";
    QVERIFY(fixture.runAgain(run) == nullptr);
    QVERIFY2(fixture.window.page->errorBar()->line().startsWith(
                 QStringLiteral("Its record holds no prompt")),
             qPrintable(fixture.window.page->errorBar()->line()));
    QCOMPARE(fixture.window.page->controls()->plan().settings.prompt, std::string("What I typed"));
}

void TestHistoryPages::aModelThatIsNotKnownIsAskedFor()
{
    Fixture fixture;
    RunRecord run = *fixture.window.page->finishedRun();
    run.provenance.modelFile = "elsewhere.gguf";
    run.label = "elsewhere";
    fixture.history.save(run);
    QTRY_COMPARE_WITH_TIMEOUT(fixture.pages.history->model()->rowCount(), 3, kPatienceMs);
    for (int row = 0; row < 3; ++row) {
        if (fixture.pages.history->model()->run(row).name == QStringLiteral("elsewhere"))
            fixture.mark({row});
    }
    QTest::mouseClick(fixture.pages.history->againButton(), Qt::LeftButton);
    QVERIFY(fixture.waitForPage("run"));
    QVERIFY2(fixture.window.page->errorBar()->line().startsWith(QStringLiteral("elsewhere.gguf")),
             qPrintable(fixture.window.page->errorBar()->line()));
    QVERIFY(!fixture.window.session->isBusy());
}

void TestHistoryPages::withoutAHistoryThePagesAreThere()
{
    WindowFixture window(syntheticSource({}));
    const HistoryPages pages = addHistoryPages(*window.window, nullptr, window.settings);
    QVERIFY(window.window->showPage(QStringLiteral("history")));
    QCOMPARE(pages.history->emptyText(), QStringLiteral("No history is kept"));
    QVERIFY(window.window->showPage(QStringLiteral("compare")));
}

QTEST_MAIN(TestHistoryPages)
#include "test_history_pages.moc"
