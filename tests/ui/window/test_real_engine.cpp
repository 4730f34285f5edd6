// The window with the real engine on a tiny model: what a person does, end to end.
#include "window_fixture.h"

#include "support/random_model.h"
#include "ui/pages/run_page.h"
#include "ui/widgets/answer_text.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/consequences.h"
#include "ui/widgets/control_panel.h"
#include "ui/widgets/engine_switches.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/phase_bar.h"
#include "ui/widgets/prompt_counter.h"
#include "ui/widgets/prompt_editor.h"
#include "ui/widgets/sampling_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QtTest>

using namespace inferlab;
using namespace inferlab::test;

namespace {

QString tinyModel()
{
    return QStringLiteral(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf");
}

// 4 KiB of cache for each token, 256 Ki tokens of context: 256 sequences of it are 256 GiB.
QString wideModel(const QString &path)
{
    RandomModelSpec spec;
    spec.heads = spec.kvHeads = 8;
    spec.headDim = 64;
    spec.contextTokens = 1 << 18;
    makeRandomModel(spec).write(path.toStdString());
    return path;
}

// A header that is right, and weights of more than a terabyte as a hole in the file.
bool writeHugeModel(const QString &path)
{
    RandomModelSpec spec;
    spec.feedForward = 1 << 30;
    GgufWriter writer = makeRandomModel(spec);
    uint64_t weights = 0;
    for (GgufWriter::Tensor &tensor : writer.tensors) {
        tensor.data = [] { return std::string(); };
        weights += (tensor.bytes + writer.alignment - 1) / writer.alignment * writer.alignment;
    }
    writer.write(path.toStdString());
    QFile file(path);
    return file.resize(file.size() + static_cast<qint64>(weights));
}

QString answerOf(const WindowFixture &f)
{
    return QString::fromStdString(f.page->finishedRun()->requests.front().text);
}

} // namespace

class TestRealEngine : public QObject
{
    Q_OBJECT

private slots:
    void aPromptIsAnswered();
    void switchesChangeTimeNotText();
    void memoryIsSaidBeforeItIsTaken();
    void aPromptBeyondTheContextIsRefused();
    void aLongPromptIsCountedToo();
    void aBatchBeyondTheMemoryIsRefused();
    void aModelBeyondTheMemoryIsOneLine();
    void badModelsGiveOneLine_data();
    void badModelsGiveOneLine();
};

void TestRealEngine::aPromptIsAnswered()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(tinyModel());
    QVERIFY(f.session->model().has_value());
    // The file has no chat template: raw text is all there is.
    QVERIFY(!f.page->controls()->promptEditor()->isChat());
    f.setPrompt(QStringLiteral("ab"));
    f.page->controls()->samplingPanel()->set(SamplingPanel::measuringPreset(), true);
    f.page->controls()->switches()->setNewTokens(16);
    f.runToTheEnd();
    const RunRecordPtr run = f.page->finishedRun();
    QVERIFY2(run != nullptr, qPrintable(f.page->errorBar()->line()));
    QCOMPARE(run->requests.front().tokens.size(), size_t {16});
    QCOMPARE(run->requests.front().endReason, EndReason::Length);
    QVERIFY(!run->provenance.modelHash.empty());
    QCOMPARE(f.page->answers()->answerText()->text(), answerOf(f));
}

void TestRealEngine::switchesChangeTimeNotText()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(tinyModel());
    f.setPrompt(QStringLiteral("ab"));
    SamplingSettings sampling = SamplingPanel::chatPreset();
    sampling.seed = 7;
    f.page->controls()->samplingPanel()->set(sampling, true);
    f.page->controls()->switches()->setNewTokens(16);
    f.runToTheEnd();
    const QString text = answerOf(f);
    EngineSwitches *switches = f.page->controls()->switches();
    switches->setKvCache(false);
    f.runToTheEnd();
    QCOMPARE(answerOf(f), text);
    switches->setBatch(8);
    f.runToTheEnd();
    QCOMPARE(answerOf(f), text);
    QCOMPARE(f.page->finishedRun()->requests.size(), size_t {8});
    switches->setKvCache(true);
    switches->setThreads(1);
    f.runToTheEnd();
    QCOMPARE(answerOf(f), text);
    QCOMPARE(f.page->finishedRun()->settings.threads, 1);
}

void TestRealEngine::memoryIsSaidBeforeItIsTaken()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(tinyModel());
    f.setPrompt(QStringLiteral("ab"));
    f.page->controls()->switches()->setBatch(64);
    const auto said = [&f] {
        for (const QLabel *label : f.page->controls()->findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().startsWith(QStringLiteral("Batch 64 needs ")))
                return true;
        }
        return false;
    };
    QTRY_VERIFY(said());
}

void TestRealEngine::aPromptBeyondTheContextIsRefused()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(tinyModel());
    const int context = f.session->model()->identity.contextTokens;
    f.setPrompt(QStringLiteral("a b ").repeated(context));
    QTRY_VERIFY(f.page->controls()->promptEditor()->hint().contains(QStringLiteral("shorten it")));
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    QVERIFY(f.page->controls()->errorBar()->line().contains(QStringLiteral("this model takes")));
    QVERIFY(!f.session->isBusy());
    f.setPrompt(QStringLiteral("a"));
    f.page->controls()->switches()->setNewTokens(2);
    QTRY_VERIFY(f.page->controls()->problem().isEmpty());
    f.runToTheEnd();
    QVERIFY(f.page->finishedRun() != nullptr);
}

// Longer than what is counted at once: Run asks for the count all the same, and says it.
void TestRealEngine::aLongPromptIsCountedToo()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(tinyModel());
    const QString text = QStringLiteral("a b ").repeated(10'000);
    QVERIFY(static_cast<size_t>(text.size()) > PromptCounter::kQuickBytes);
    f.setPrompt(text);
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    const int64_t tokens =
        countPromptTokens(*f.session->loadedModel(), {false, {}, text.toStdString()}).sent;
    const QString line = f.page->controls()->errorBar()->line();
    QCOMPARE(line, promptProblem(text, tokens, f.session->model()->identity.contextTokens, false));
    QVERIFY2(line.startsWith(QStringLiteral("The prompt has ")), qPrintable(line));
    QVERIFY(!f.session->isBusy());
    QVERIFY(f.page->errorBar()->line().isEmpty()); // said once
    QTRY_COMPARE(f.page->controls()->promptEditor()->hint(), line);
}

// All caches together cannot be had: refused before anything is taken.
void TestRealEngine::aBatchBeyondTheMemoryIsRefused()
{
    WindowFixture f(EngineSource::real({}));
    f.loadModel(wideModel(f.folder.filePath(QStringLiteral("wide.gguf"))));
    f.setPrompt(QStringLiteral("a"));
    f.page->controls()->switches()->setBatch(256);
    f.page->controls()->switches()->setNewTokens(1'000'000);
    QTest::mouseClick(f.page->controls()->runButton(), Qt::LeftButton);
    f.waitUntilIdle();
    const QString line = f.page->errorBar()->line() + f.page->controls()->errorBar()->line();
    QVERIFY2(line.contains(QStringLiteral("memory")) || line.contains(QStringLiteral("GiB")),
             qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    f.page->controls()->switches()->setBatch(1);
    f.page->controls()->switches()->setNewTokens(2);
    f.runToTheEnd();
    QVERIFY(f.page->finishedRun() != nullptr);
    QCOMPARE(f.page->finishedRun()->requests.size(), size_t(1));
}

// Weights of a terabyte, of which the disk holds nothing: they cannot be had, and that is said.
void TestRealEngine::aModelBeyondTheMemoryIsOneLine()
{
    WindowFixture f(EngineSource::real({}));
    const QString path = f.folder.filePath(QStringLiteral("huge.gguf"));
    if (!writeHugeModel(path))
        QSKIP("no file system for a file of that size, hole or not");
    f.page->chooseModel(path);
    QTRY_VERIFY_WITH_TIMEOUT(!f.page->errorBar()->line().isEmpty(), 60000);
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.contains(QStringLiteral("huge.gguf")) || line.contains(QStringLiteral("memory")),
             qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    f.waitUntilIdle();
    f.loadModel(tinyModel());
    QVERIFY(f.session->model().has_value());
}

void TestRealEngine::badModelsGiveOneLine_data()
{
    QTest::addColumn<QByteArray>("content");
    QFile good(tinyModel());
    QVERIFY(good.open(QIODevice::ReadOnly));
    const QByteArray bytes = good.readAll();
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("not a model") << QByteArray(4096, 'x');
    QTest::newRow("cut in the header") << bytes.left(100);
    QTest::newRow("cut in the weights") << bytes.left(bytes.size() / 2);
    QByteArray other = bytes;
    QTest::newRow("another architecture") << other.replace("llama", "mamba");
    QByteArray later = bytes;
    later[4] = 9; // the format's version
    QTest::newRow("a later version") << later;
    QByteArray corrupt = bytes;
    QTest::newRow("corrupt") << corrupt.replace(200, 2000, QByteArray(2000, '\xff'));
}

void TestRealEngine::badModelsGiveOneLine()
{
    QFETCH(const QByteArray, content);
    WindowFixture f(EngineSource::real({}));
    const QString path = f.folder.filePath(QStringLiteral("bad.gguf"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    file.close();
    f.page->chooseModel(path);
    QTRY_VERIFY(!f.page->errorBar()->line().isEmpty());
    const QString line = f.page->errorBar()->line();
    QVERIFY2(line.contains(QStringLiteral("bad.gguf")), qPrintable(line));
    QVERIFY2(!line.contains(QLatin1Char('\n')), qPrintable(line));
    f.waitUntilIdle();
    QCOMPARE(f.page->phaseBar()->text(), QStringLiteral("No model"));
    f.loadModel(tinyModel()); // and the program goes on
    QVERIFY(f.session->model().has_value());
}

QTEST_MAIN(TestRealEngine)
#include "test_real_engine.moc"
