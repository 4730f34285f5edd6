// Files that the window opens, has dropped on it and writes: models, runs, exports.
#include "window_fixture.h"

#include "engine/measure/record_json.h"
#include "support/synthetic_engine.h"
#include "ui/charts/chart_export.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/kept_runs.h"
#include "ui/widgets/prompt_editor.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
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

} // namespace

class TestWindowFiles : public QObject
{
    Q_OBJECT

private slots:
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
};

void TestWindowFiles::aDroppedModelIsLoaded()
{
    WindowFixture f(syntheticSource(paced(200us)));
    const QString path = f.someModelFile();
    drop(f.window.get(), path);
    QTRY_VERIFY(f.session->model().has_value());
    QCOMPARE(f.session->model()->choice.path, path);
    QVERIFY2(f.window->modelLine().startsWith(QStringLiteral("some")),
             qPrintable(f.window->modelLine()));
}

void TestWindowFiles::aDroppedRunIsShown()
{
    WindowFixture f(syntheticSource(paced(200us)));
    f.loadModel(f.someModelFile());
    f.setPrompt(QStringLiteral("asked"));
    f.page->controls()->switches()->setNewTokens(5);
    f.runToTheEnd();
    const QString text = f.page->answers()->answerText()->text();
    const QString path = f.folder.filePath(QStringLiteral("run.json"));
    writeWhole(path, QByteArray::fromStdString(runsToJson({*f.page->finishedRun()})));

    WindowFixture other(syntheticSource(paced(200us)));
    drop(other.window.get(), path);
    QTRY_VERIFY(other.page->finishedRun() != nullptr);
    QCOMPARE(other.page->answers()->answerText()->text(), text);
    QCOMPARE(other.page->controls()->promptEditor()->prompt(), QStringLiteral("asked"));
}

void TestWindowFiles::badFilesGiveOneLine_data()
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

void TestWindowFiles::badFilesGiveOneLine()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, said);
    WindowFixture f(syntheticSource(paced(200us)));
    const QString path = f.folder.filePath(name);
    if (!content.isNull())
        writeWhole(path, content);
    f.window->openFile(path);
    QTRY_VERIFY(!f.page->errorBar()->line().isEmpty());
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.contains(said), qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    QVERIFY(f.page->shownRun() == nullptr);
}

void TestWindowFiles::exportWritesEverythingIntoANewFolder()
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
void TestWindowFiles::anExportOpensAsItWas()
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
void TestWindowFiles::aRecordAndAModelOpenTogether()
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
void TestWindowFiles::aRunFileLargerThanTheMemoryIsOneLine()
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

void TestWindowFiles::anUnwritableFolderIsSaid()
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

void TestWindowFiles::oneChartIsExportedByItsSuffix()
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

QTEST_MAIN(TestWindowFiles)
#include "test_window_files.moc"
