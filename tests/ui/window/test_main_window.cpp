// The window around the page: keys, files dropped and opened, export, room for everything,
// presentation, settings, help, and closing while a run goes on.
#include "window_fixture.h"

#include "engine/measure/record_json.h"
#include "support/synthetic_engine.h"
#include "ui/charts/chart_export.h"
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
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/toggle_switch.h"

#include <QDialog>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QUrl>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;
using namespace std::chrono_literals;

namespace {

void drop(QWidget *target, const QString &path)
{
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    const QPoint at = target->rect().center();
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(target, &enter);
    QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(target, &event);
}

void writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

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
    void aDroppedModelIsLoaded();
    void aDroppedRunIsShown();
    void badFilesGiveOneLine_data();
    void badFilesGiveOneLine();
    void exportWritesEverythingIntoANewFolder();
    void anExportOpensAsItWas();
    void aRecordAndAModelOpenTogether();
    void aRunFileLargerThanTheMemoryIsOneLine();
    void anUnwritableFolderIsSaid();
    void oneChartIsExportedByItsSuffix();
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

void TestMainWindow::aDroppedModelIsLoaded()
{
    WindowFixture f(syntheticSource(paced(200us)));
    const QString path = f.someModelFile();
    drop(f.window.get(), path);
    QTRY_VERIFY(f.session->model().has_value());
    QCOMPARE(f.session->model()->choice.path, path);
    QVERIFY2(f.window->modelLine().startsWith(QStringLiteral("some")),
             qPrintable(f.window->modelLine()));
}

void TestMainWindow::aDroppedRunIsShown()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("asked"));
    f.page->controls()->switches()->setNewTokens(5);
    f.runToTheEnd();
    const QString text = f.page->answers()->answerText()->text();
    const QString path = f.folder.filePath(QStringLiteral("run.json"));
    writeFile(path, QByteArray::fromStdString(runsToJson({*f.page->finishedRun()})));

    WindowFixture other(syntheticSource(paced(200us)));
    drop(other.window.get(), path);
    QTRY_VERIFY(other.page->finishedRun() != nullptr);
    QCOMPARE(other.page->answers()->answerText()->text(), text);
    QCOMPARE(other.page->controls()->promptEditor()->prompt(), QStringLiteral("asked"));
}

void TestMainWindow::badFilesGiveOneLine_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    QTest::newRow("missing") << "gone.json" << QByteArray() << "no such file";
    QTest::newRow("empty") << "empty.json" << QByteArray("") << "empty.json";
    QTest::newRow("not JSON") << "bad.json" << QByteArray("{{{{") << "bad.json";
    QTest::newRow("another format")
        << "other.json" << QByteArray("{\"format\": \"x\"}") << "other.json";
    QTest::newRow("no runs") << "none.json"
                             << QByteArray(
                                    "{\"format\":\"inferlab-run\",\"version\":1,\"runs\":[]}")
                             << "none.json";
}

void TestMainWindow::badFilesGiveOneLine()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, said);
    WindowFixture f(syntheticSource(paced(200us)));
    const QString path = f.folder.filePath(name);
    if (!content.isNull())
        writeFile(path, content);
    f.window->openFile(path);
    QTRY_VERIFY(!f.page->errorBar()->line().isEmpty());
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.contains(said), qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    QVERIFY(f.page->shownRun() == nullptr);
}

void TestMainWindow::exportWritesEverythingIntoANewFolder()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(20);
    f.runToTheEnd();
    f.page->keepRun();
    f.runToTheEnd();
    f.page->board()->setHidden(QStringLiteral("ttft"), true); // is exported all the same
    QTemporaryDir target;
    f.window->exportTo(target.path());
    f.window->exportTo(target.path()); // within the same second: another folder
    const QStringList folders = QDir(target.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(folders.size(), 2);
    for (const QString &folder : folders) {
        const QDir dir(QDir(target.path()).filePath(folder));
        for (const char *name : {"ttft.svg", "ttft.png", "charts.pdf", "itl.csv", "runs.json"})
            QVERIFY2(QFileInfo(dir.filePath(QLatin1String(name))).size() > 0, name);
        QFile json(dir.filePath(QStringLiteral("runs.json")));
        QVERIFY(json.open(QIODevice::ReadOnly));
        QCOMPARE(runsFromJson(json.readAll().toStdString(), "runs.json").size(), size_t {2});
    }
    QVERIFY(f.page->errorBar()->line().startsWith(QStringLiteral("Exported ")));
}

// The shown run, the kept ones and the search for the knee each come back in their place.
void TestMainWindow::anExportOpensAsItWas()
{
    WindowFixture f(syntheticSource(paced(50us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(5);
    f.runToTheEnd();
    f.page->keepRun();
    f.page->findKnee();
    f.waitUntilIdle();
    f.page->controls()->switches()->setBatch(2);
    f.runToTheEnd();
    QTemporaryDir target;
    f.window->exportTo(target.path());
    const QStringList folders = QDir(target.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(folders.size(), 1);

    WindowFixture other(syntheticSource(paced(50us)));
    other.window->openFile(QDir(target.filePath(folders[0])).filePath(QStringLiteral("runs.json")));
    QTRY_VERIFY(other.page->finishedRun() != nullptr);
    QCOMPARE(other.page->finishedRun()->label, f.page->finishedRun()->label);
    QCOMPARE(other.page->finishedRun()->settings.batch, 2);
    QCOMPARE(other.page->keptRuns()->runs().size(), size_t {1});
    QCOMPARE(other.page->keptRuns()->runs()[0]->label, f.page->keptRuns()->runs()[0]->label);
    QCOMPARE(other.page->sweep().size(), f.page->sweep().size());
    for (size_t i = 0; i < f.page->sweep().size(); ++i)
        QCOMPARE(other.page->sweep()[i]->settings.batch, f.page->sweep()[i]->settings.batch);
}

// As `inferlab --model M --open RUN.json` does it: the model is still loading.
void TestMainWindow::aRecordAndAModelOpenTogether()
{
    RunRecord run;
    run.label = "saved";
    run.requests.emplace_back();
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("run.json"));
    writeWhole(path, QByteArray::fromStdString(runsToJson({run})));
    WindowFixture f(syntheticSource(paced(50us)));
    f.window->openFile(f.someModelFile());
    f.window->openFile(path);
    QTRY_VERIFY(f.page->finishedRun() != nullptr);
    QCOMPARE(f.page->finishedRun()->label, std::string("saved"));
    QCOMPARE(f.page->errorBar()->line(), QString());
    f.waitUntilIdle();
}

// A sparse file: nothing but zeros.
void TestMainWindow::aRunFileLargerThanTheMemoryIsOneLine()
{
    QTemporaryDir folder;
    const QString huge = folder.filePath(QStringLiteral("huge.json"));
    writeWhole(huge, {});
    QVERIFY(QFile::resize(huge, qint64 {1} << 40));
    WindowFixture f(syntheticSource(paced(50us)));
    f.window->openFile(huge);
    QTRY_VERIFY(!f.page->errorBar()->line().isEmpty());
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.startsWith(huge), qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    QVERIFY(f.page->finishedRun() == nullptr);
}

void TestMainWindow::anUnwritableFolderIsSaid()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(2);
    f.runToTheEnd();
    f.window->exportTo(QStringLiteral("/proc/nowhere"));
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.startsWith(QStringLiteral("Not exported. /proc/nowhere")), qPrintable(line));
    QVERIFY(f.page->finishedRun() != nullptr);
}

void TestMainWindow::oneChartIsExportedByItsSuffix()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("x"));
    f.page->controls()->switches()->setNewTokens(20);
    f.runToTheEnd();
    const QString file = f.folder.filePath(QStringLiteral("mine.png"));
    f.window->exportChart(QStringLiteral("itl"), file);
    const QImage picture(file);
    QVERIFY(!picture.isNull());
    f.window->exportChart(QStringLiteral("itl"), f.folder.filePath(QStringLiteral("mine.doc")));
    QVERIFY(f.page->errorBar()->line().contains(QStringLiteral(".svg")));
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
