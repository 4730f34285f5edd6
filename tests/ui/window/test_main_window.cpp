// The window around the page: keys, room for everything, settings, help, what is remembered, and
// closing while a run goes on.
#include "window_fixture.h"

#include "support/synthetic_engine.h"
#include "ui/main_window/actions.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"
#include "ui/theme/theme_controller.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_details.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/toggle_switch.h"

#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

namespace {

QWidget *focused()
{
    return QApplication::focusWidget();
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

private slots:
    void everythingWorksFromTheKeyboard();
    void bareKeysBelongToWhoTypes();
    void aNarrowWindowPutsChartsBelow();
    void settingsTakeEffectAtOnce();
    void helpListsEveryKey();
    void switchesAreRemembered();
    void closingStopsARun();
};

void TestMainWindow::everythingWorksFromTheKeyboard()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.window->activateWindow();
    f.page->controls()->focusPrompt();
    QTRY_VERIFY(focused() == f.page->controls()->promptEditor()->promptEdit());
    QTest::keyClicks(focused(), QStringLiteral("typed"));
    QTest::keyClick(focused(), Qt::Key_Return, Qt::ControlModifier);
    f.waitUntilIdle();
    QVERIFY(f.page->finishedRun() != nullptr);
    QCOMPARE(f.page->finishedRun()->settings.prompt, std::string("typed"));

    // Tab reaches every switch, and never sticks.
    QSet<QWidget *> reached;
    f.page->controls()->focusPrompt();
    for (int i = 0; i < 90; ++i) {
        QTest::keyClick(focused(), Qt::Key_Tab);
        QVERIFY(focused() != nullptr);
        reached.insert(focused());
    }
    const EngineSwitches *switches = f.page->controls()->switches();
    QVERIFY(reached.contains(switches->kvSwitch()));
    QVERIFY(reached.contains(switches->batchControl()->button(0)));
    QVERIFY(reached.contains(f.page->controls()->runButton()));
    QVERIFY(reached.contains(f.page->keepButton()));
    QVERIFY(reached.contains(f.page->answers()->answerText()));

    switches->batchControl()->button(0)->setFocus();
    QTest::keyClick(focused(), Qt::Key_Right);
    QTest::keyClick(focused(), Qt::Key_Right);
    QCOMPARE(switches->batch(), 4);
    switches->kvSwitch()->setFocus();
    QTest::keyClick(focused(), Qt::Key_Space);
    QVERIFY(!switches->kvCache());
    f.page->controls()->runButton()->setFocus();
    QTest::keyClick(focused(), Qt::Key_Return);
    f.waitUntilIdle();
    QCOMPARE(f.page->finishedRun()->settings.batch, 4);
    QVERIFY(!f.page->finishedRun()->settings.kvCache);
}

void TestMainWindow::bareKeysBelongToWhoTypes()
{
    WindowFixture f(syntheticSource(paced(20ms)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("ab"));
    f.page->controls()->switches()->setNewTokens(100000);
    f.page->run();
    QTRY_VERIFY(f.page->answers()->answerText()->tokenCount() > 0);
    QPlainTextEdit *edit = f.page->controls()->promptEditor()->promptEdit();
    f.window->activateWindow();
    edit->setFocus();
    QTRY_VERIFY(edit->hasFocus());
    edit->moveCursor(QTextCursor::End);
    QTest::keyClick(edit, Qt::Key_Space);
    QTest::keyClick(edit, Qt::Key_Left);
    QTest::keyClick(edit, Qt::Key_C);
    QCOMPARE(edit->toPlainText(), QStringLiteral("abc "));
    QVERIFY(!f.page->isPaused());
    QTest::keyClick(edit, Qt::Key_Escape);
    f.waitUntilIdle();
    QCOMPARE(f.page->finishedRun()->requests.front().endReason, EndReason::Cancelled);
}

void TestMainWindow::aNarrowWindowPutsChartsBelow()
{
    WindowFixture f(syntheticSource(paced(200us)));
    const auto origin = [&f](const QWidget *widget) {
        return widget->mapTo(f.window.get(), QPoint(0, 0));
    };
    QVERIFY(origin(f.page->board()).x() > origin(f.page->answers()).x());
    f.window->resize(1000, 800);
    QTRY_VERIFY(origin(f.page->board()).y()
                > origin(f.page->answers()).y() + f.page->answers()->height() / 2);
    f.window->resize(1400, 800);
    QTRY_VERIFY(origin(f.page->board()).x() > origin(f.page->answers()).x());
}

void TestMainWindow::settingsTakeEffectAtOnce()
{
    WindowFixture f(syntheticSource(paced(200us)));
    QTest::keyClick(f.window.get(), Qt::Key_Comma, Qt::ControlModifier);
    auto *dialog = f.window->findChild<QDialog *>(QStringLiteral("settingsDialog"));
    QVERIFY(dialog != nullptr && dialog->isVisible() && !dialog->isModal());
    auto *theme = dialog->findChild<SegmentedControl *>(QStringLiteral("themeControl"));
    QTest::mouseClick(theme->button(2), Qt::LeftButton);
    QCOMPARE(f.settings.theme(), Settings::Theme::Dark);
    QVERIFY(ThemeController::instance()->theme().dark);
    QTest::mouseClick(theme->button(1), Qt::LeftButton);
    QVERIFY(!ThemeController::instance()->theme().dark);
    auto *tints = dialog->findChild<ToggleSwitch *>(QStringLiteral("tintSwitch"));
    QTest::mouseClick(tints, Qt::LeftButton);
    QVERIFY(f.settings.tokenTints());
    dialog->close();
}

void TestMainWindow::helpListsEveryKey()
{
    WindowFixture f(syntheticSource(paced(200us)));
    QTest::keyClick(f.window.get(), Qt::Key_F1);
    auto *dialog = f.window->findChild<QDialog *>(QStringLiteral("helpDialog"));
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QStringList words;
    for (const QLabel *label : dialog->findChildren<QLabel *>())
        words += label->text();
    for (const QAction *action : f.window->actions()->all())
        QVERIFY2(words.contains(action->whatsThis()), qPrintable(action->text()));
    QVERIFY(words.contains(QStringLiteral("Ctrl+Enter")));
    dialog->close();
}

void TestMainWindow::switchesAreRemembered()
{
    WindowFixture f(syntheticSource(paced(200us)));
    const QString path = f.folder.filePath(QStringLiteral("s.ini"));
    f.settings.loadFrom(path);
    f.page->restoreSwitches(); // nothing yet: what stands stays
    EngineSwitches *switches = f.page->controls()->switches();
    QCOMPARE(switches->batch(), 1);
    switches->setBatch(5);
    QCOMPARE(switches->batch(), 5);
    switches->setKvCache(false);
    switches->setThreads(2);
    switches->setNewTokens(33);
    f.window->close();

    WindowFixture again(syntheticSource(paced(200us)));
    again.settings.loadFrom(path);
    again.page->restoreSwitches();
    switches = again.page->controls()->switches();
    QCOMPARE(switches->batch(), 5);
    QVERIFY(!switches->kvCache());
    QCOMPARE(switches->threads(), 2);
    QCOMPARE(switches->newTokens(), 33);
    QVERIFY(again.page->errorBar()->line().isEmpty());
    // Closed before the devices were known: nobody saw the switches, and they stay.
    WindowFixture closed(syntheticSource(paced(200us)));
    closed.settings.loadFrom(path);
    closed.window->close();
    QCOMPARE(closed.settings.runSettings({}).batch, 5);
    // What nobody moved follows its default.
    ToggleSwitch *invariant = again.page->controls()->engineDetails()->batchInvariant();
    QVERIFY(!invariant->isChecked());
    again.page->restoreSwitches(true);
    QVERIFY(invariant->isChecked());
    QCOMPARE(switches->batch(), 5);
    invariant->setChecked(false);
    again.window->close();
    again.page->restoreSwitches(true);
    QVERIFY(!invariant->isChecked());

    // A size that is not offered holds its place until another is chosen.
    SegmentedControl *batches = switches->batchControl();
    QCOMPARE(batches->button(batches->current())->text(), QStringLiteral("5"));
    QTest::mouseClick(batches->button(0), Qt::LeftButton);
    QCOMPARE(switches->batch(), 1);
    QCOMPARE(batches->button(2)->text(), QStringLiteral("4"));
    for (const int batch : {3, 100, 255, 7, 6, 256}) {
        switches->setBatch(batch);
        QCOMPARE(switches->batch(), batch);
    }
    again.loadModel(again.someModelFile());
    again.setPrompt(QStringLiteral("x"));
    switches->setBatch(7);
    switches->setNewTokens(3);
    again.runToTheEnd();
    QCOMPARE(again.page->finishedRun()->requests.size(), size_t {7});
}

void TestMainWindow::closingStopsARun()
{
    WindowFixture f(syntheticSource(paced(5ms)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setBatch(8);
    f.page->controls()->switches()->setNewTokens(100000);
    f.page->run();
    QTRY_VERIFY(f.page->answers()->answerText()->tokenCount() > 2);
    QVERIFY(f.window->close());
    QVERIFY(!f.settings.windowGeometry().isEmpty());
    f.window.reset();
    f.session.reset(); // waits for the worker: returns although the run had far to go
}

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
