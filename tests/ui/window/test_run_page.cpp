// The run page with a synthetic engine: type, run, stop, pause, switch, keep, search the knee, and
// what cannot work said where one looks.
#include "window_fixture.h"

#include "engine/base/error.h"
#include "support/synthetic_engine.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"
#include "ui/pages/token_selection.h"
#include "ui/theme/theme.h"
#include "ui/widgets/answer_grid.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/stats_line.h"
#include "ui/widgets/token_inspector.h"

#include <QClipboard>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

class TestRunPage : public QObject
{
    Q_OBJECT

private slots:
    void typedPromptIsAnswered();
    void stopKeepsWhatWasMeasured();
    void pauseHoldsTheTokens();
    void batchMakesCards();
    void hoverMarksTheTokenEverywhere();
    void keptRunsStayOnTheCharts();
    void keptRunsLeaveTheChartsTheirRoom();
    void kneeRunsEveryBatch();
    void anotherModelIsLoadedInTheBackground();
    void openedRunsAreShown();
    void chartsAreHiddenMovedAndEnlarged();
};

void TestRunPage::typedPromptIsAnswered()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    QPlainTextEdit *edit = f.page->controls()->promptEditor()->promptEdit();
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("hello there"));
    QCOMPARE(f.page->controls()->promptEditor()->prompt(), QStringLiteral("hello there"));
    f.page->controls()->switches()->setNewTokens(40);
    f.runToTheEnd();

    const RunRecordPtr run = f.page->finishedRun();
    QVERIFY(run != nullptr);
    QCOMPARE(run->settings.prompt, std::string("hello there"));
    QCOMPARE(run->requests.front().tokens.size(), size_t {40});
    QCOMPARE(f.page->answers()->answerText()->text(),
             QString::fromStdString(run->requests.front().text));
    const QString stats = f.page->answers()->statsLine()->text();
    QVERIFY2(stats.contains(QStringLiteral("40 tokens")), qPrintable(stats));
    QVERIFY2(stats.endsWith(QStringLiteral("stop: length")), qPrintable(stats));
    QVERIFY2(!stats.contains(QLatin1Char('~')), qPrintable(stats));
    QVERIFY(f.page->keepButton()->isEnabled());
    QVERIFY(f.page->exportButton()->isEnabled());
    QVERIFY(f.page->controls()->runButton()->isEnabled());
}

void TestRunPage::stopKeepsWhatWasMeasured()
{
    WindowFixture f(syntheticSource(paced(20ms)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(100000);
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    QVERIFY(!f.page->controls()->runButton()->isEnabled());
    QTRY_VERIFY(f.page->answers()->answerText()->tokenCount() >= 3);
    QVERIFY(f.page->phaseBar()->stopButton()->isVisible());
    QCOMPARE(f.page->phaseBar()->text(), QStringLiteral("Generating"));
    QTest::mouseClick(f.page->phaseBar()->stopButton(), Qt::LeftButton);
    f.waitUntilIdle();
    const RunRecordPtr run = f.page->finishedRun();
    QVERIFY(run != nullptr);
    QCOMPARE(run->requests.front().endReason, EndReason::Cancelled);
    QVERIFY(run->requests.front().tokens.size() >= 3);
    QVERIFY(f.page->answers()->statsLine()->text().endsWith(QStringLiteral("stop: cancelled")));
    QCOMPARE(f.page->phaseBar()->text(), QStringLiteral("Ready"));
}

void TestRunPage::pauseHoldsTheTokens()
{
    WindowFixture f(syntheticSource(paced(20ms)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(100000);
    f.page->controls()->focusRun();
    f.page->run();
    QTRY_VERIFY(f.page->answers()->answerText()->tokenCount() >= 2);
    f.page->answers()->answerText()->setFocus();
    QTest::keyClick(f.page->answers()->answerText(), Qt::Key_Space);
    QVERIFY(f.page->isPaused());
    QCOMPARE(f.page->phaseBar()->text(), QStringLiteral("Paused"));
    QTest::qWait(100); // the step that was under way
    const int held = f.page->answers()->answerText()->tokenCount();
    QTest::qWait(200);
    QCOMPARE(f.page->answers()->answerText()->tokenCount(), held);
    QTest::keyClick(f.page->answers()->answerText(), Qt::Key_Space);
    QTRY_VERIFY(f.page->answers()->answerText()->tokenCount() > held);
    f.page->stop();
    f.waitUntilIdle();
}

void TestRunPage::batchMakesCards()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setBatch(256);
    f.page->controls()->switches()->setNewTokens(8);
    f.runToTheEnd();
    AnswerView *answers = f.page->answers();
    QCOMPARE(f.page->finishedRun()->requests.size(), size_t {256});
    answers->showGrid(true);
    QVERIFY(answers->isGridShown());
    AnswerGrid *grid = answers->grid();
    QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->cardRect(1).center());
    QVERIFY(!answers->isGridShown());
    QCOMPARE(answers->current(), 1);
    answers->showGrid(true);
    grid->setFocus();
    for (int i = 0; i < 40; ++i)
        QTest::keyClick(grid, Qt::Key_Down);
    QVERIFY(grid->current() > 40);
    QVERIFY(grid->viewport()->rect().contains(grid->cardRect(grid->current()).center()));
    const int chosen = grid->current();
    QTest::keyClick(grid, Qt::Key_Return);
    QCOMPARE(answers->current(), chosen);
    QVERIFY(answers->statsLine()->text().contains(QStringLiteral("tok/s total")));
}

void TestRunPage::hoverMarksTheTokenEverywhere()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(12);
    f.runToTheEnd();
    AnswerText *text = f.page->answers()->answerText();
    const QSignalSpy changed(f.page->selection(), &TokenSelection::changed);
    QTest::mouseMove(text->viewport(), text->tokenRect(5).center());
    QCOMPARE(f.page->selection()->current(), (TokenRef {0, 5}));
    const QString sentence = f.page->answers()->inspector()->sentence();
    QVERIFY2(sentence.startsWith(QStringLiteral("token: \" values\"  id 5")), qPrintable(sentence));
    QVERIFY2(sentence.contains(QStringLiteral("then: \" a\" .20")), qPrintable(sentence));

    // And back: a chart points, the answer is marked.
    emit f.page->board()->card(QStringLiteral("itl"))->tokenPointed({0, 9});
    QCOMPARE(text->selectedToken(), 9);

    // Arrow keys pin and walk, and stop at the ends.
    f.page->selection()->clear();
    text->setFocus();
    QTest::keyClick(text, Qt::Key_Right);
    QTest::keyClick(text, Qt::Key_Right);
    QCOMPARE(text->selectedToken(), 1);
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(text, Qt::Key_Left);
    QCOMPARE(text->selectedToken(), 0);
    QVERIFY(changed.count() > 3);
}

void TestRunPage::keptRunsStayOnTheCharts()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(4);
    f.runToTheEnd();
    QTest::mouseClick(f.page->keepButton(), Qt::LeftButton);
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {1});
    QTest::mouseClick(f.page->keepButton(), Qt::LeftButton); // the same run is kept once
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {1});
    f.runToTheEnd();
    f.page->keepRun();
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {2});
    QVERIFY(f.page->keptRuns()->runs()[0]->label != f.page->keptRuns()->runs()[1]->label);
    // The run on the charts is not among the earlier ones, although it was kept under a new label;
    // nor is that one kept again when it is shown.
    f.page->keepRun();
    QCOMPARE(f.page->board()->shownData().earlier.size(), size_t {1});
    emit f.page->keptRuns()->showRequested(f.page->keptRuns()->runs()[1]);
    QCOMPARE(f.page->board()->shownData().earlier.size(), size_t {1});
    f.page->keepRun();
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {2});

    f.page->keptRuns()->remove(0);
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {1});
    QVERIFY(f.page->errorBar()->line().contains(QStringLiteral("off the charts")));
    QTest::mouseClick(f.page->errorBar()->findChild<QPushButton *>(), Qt::LeftButton); // Undo
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {2});
}

void TestRunPage::keptRunsLeaveTheChartsTheirRoom()
{
    WindowFixture f(syntheticSource(paced(200us)));
    KeptRuns *kept = f.page->keptRuns();
    for (int i = 1; i <= int(KeptRuns::kMaxRuns); ++i) {
        RunRecord run;
        run.label = "CPU, batch " + std::to_string(i)
            + ", KV cache off, the long explanation that somebody gave this run in the history";
        QVERIFY(kept->keep(std::make_shared<RunRecord>(run)));
    }
    QCoreApplication::processEvents();
    QList<QFrame *> chips = kept->findChildren<QFrame *>(QString(), Qt::FindDirectChildrenOnly);
    chips.removeIf([](const QFrame *chip) { return chip->isHidden(); }); // about to be deleted
    QCOMPARE(chips.size(), qsizetype(KeptRuns::kMaxRuns));
    QStringList words;
    for (const QFrame *chip : chips) {
        QVERIFY(kept->rect().contains(chip->geometry()));
        for (const QFrame *other : chips)
            QVERIFY(chip == other || !chip->geometry().intersects(other->geometry()));
        const auto *show = chip->findChild<QPushButton *>();
        words << show->text();
        QVERIFY(show->width() >= show->fontMetrics().horizontalAdvance(show->text()));
        QVERIFY(show->toolTip().contains(QStringLiteral("the long explanation")));
    }
    words.removeDuplicates(); // cut, they still differ
    QCOMPARE(words.size(), qsizetype(KeptRuns::kMaxRuns));
    QVERIFY(kept->height() <= KeptRuns::kMostRows * (chips.front()->height() + space::kStep));

    QTest::mouseClick(chips.front()->findChild<QToolButton *>(), Qt::LeftButton);
    QCOMPARE(kept->runs().size(), KeptRuns::kMaxRuns - 1);
}

void TestRunPage::kneeRunsEveryBatch()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(4);
    QTest::mouseClick(f.page->controls()->kneeButton(), Qt::LeftButton);
    f.waitUntilIdle();
    std::vector<int> batches;
    for (const RunRecordPtr &run : f.page->sweep())
        batches.push_back(run->settings.batch);
    QCOMPARE(batches, (std::vector<int> {1, 2, 4, 8, 16, 32}));
    QVERIFY(f.page->controls()->kneeButton()->isEnabled());
}

void TestRunPage::anotherModelIsLoadedInTheBackground()
{
    SyntheticPace pace = paced(200us);
    pace.load = 300ms;
    WindowFixture f(syntheticSource(pace));
    const QString first = f.someModelFile();
    const QString second = f.folder.filePath(QStringLiteral("other.gguf"));
    QVERIFY(QFile::copy(first, second));
    f.page->chooseModel(first);
    QTRY_VERIFY(f.page->phaseBar()->text().startsWith(QStringLiteral("Loading")));
    f.page->chooseModel(second); // the first is given up
    f.waitUntilIdle();
    QCOMPARE(f.session->model()->choice.path, second);
    QCOMPARE(f.settings.recentModels().front(), second);
    QVERIFY(f.page->errorBar()->line().isEmpty());
}

void TestRunPage::openedRunsAreShown()
{
    WindowFixture f(syntheticSource(paced(200us)));
    auto first = std::make_shared<RunRecord>();
    first->label = "first";
    first->settings.prompt = "what was asked";
    first->settings.batch = 2;
    for (int i = 0; i < 2; ++i) {
        RequestRecord request;
        request.id = i;
        request.submittedNs = request.scheduledNs = 1000;
        request.startedNs = 2000;
        request.text = "an answer";
        request.tokens = {{3'000'000, 1, 5, "an", 0.5F, {}},
                          {9'000'000, 1, 6, " answer", 0.5F, {}}};
        request.endNs = 9'000'000;
        request.endReason = EndReason::Stop;
        first->requests.push_back(request);
    }
    auto second = std::make_shared<RunRecord>(*first);
    second->label = "second";
    f.page->showRuns({first, second});
    QCOMPARE(f.page->shownRun(), first.get());
    QCOMPARE(f.page->answers()->answerText()->text(), QStringLiteral("an answer"));
    QCOMPARE(f.page->keptRuns()->runs().size(), size_t {1});
    QCOMPARE(f.page->controls()->promptEditor()->prompt(), QStringLiteral("what was asked"));
    QCOMPARE(f.page->controls()->switches()->batch(), 2);
}

void TestRunPage::chartsAreHiddenMovedAndEnlarged()
{
    WindowFixture f(syntheticSource(paced(200us)));
    ChartBoard *board = f.page->board();
    const QStringList order = board->order();
    QVERIFY(order.size() >= 5);
    board->setHidden(order[0], true);
    QVERIFY(!board->card(order[0])->isVisible());
    QCOMPARE(f.settings.hiddenCharts(), QStringList {order[0]});
    board->setHidden(order[0], false);
    board->move(order[0], 1);
    QCOMPARE(board->order()[1], order[0]);
    QCOMPARE(f.settings.chartOrder(), board->order());
    emit board->card(order[2])->enlargeRequested();
    QCOMPARE(board->enlarged(), order[2]);
    QVERIFY(!board->card(order[1])->isVisible());
    QVERIFY(board->card(order[2])->height() > board->viewport()->height() * 9 / 10);
    emit board->card(order[2])->enlargeRequested();
    QVERIFY(board->card(order[1])->isVisible());
}

QTEST_MAIN(TestRunPage)
#include "test_run_page.moc"
