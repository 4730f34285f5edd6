// The program itself: its arguments, its exit codes, the demo without a display.
#include "app/history/history.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace inferlab;

namespace {

constexpr int kPatienceMs = 120000;

QString tinyModel()
{
    return QStringLiteral(INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.f32.gguf");
}

struct Outcome
{
    int code = -1;
    QString out;
    QString err;
};

// Nothing from the person's home.
QProcessEnvironment environmentIn(const QString &folder)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("INFERLAB_MODEL"));
    for (const char *name : {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"})
        environment.insert(QLatin1String(name), folder);
    return environment;
}

// No display, and nothing from the person's home. homeless: neither HOME nor XDG_CACHE_HOME is set.
Outcome run(const QStringList &arguments, const QString &folder, bool homeless = false)
{
    QProcessEnvironment environment = environmentIn(folder);
    for (const char *name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(QLatin1String(name));
    if (homeless) {
        environment.remove(QStringLiteral("HOME"));
        environment.remove(QStringLiteral("XDG_CACHE_HOME"));
    }
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder);
    process.start(QStringLiteral(INFERLAB_PROGRAM), arguments);
    if (!process.waitForFinished(kPatienceMs)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

class TestInferlab : public QObject
{
    Q_OBJECT

private slots:
    void helpAndVersion();
    void badArguments();
    void aMissingModelSaysHowToGetOne();
    void theDemoWritesEverything();
    void anUnwritableFolder();
    void anExperimentWritesChartsAndAReport();
    void aBadExperimentIsRefused();
    void aSignalClosesTheWindowAsItsButtonDoes();
};

void TestInferlab::helpAndVersion()
{
    const QTemporaryDir folder;
    const Outcome help = run({QStringLiteral("--help")}, folder.path());
    QCOMPARE(help.code, 0);
    QVERIFY(help.out.contains(QStringLiteral("--headless demo")));
    QVERIFY(help.out.contains(QStringLiteral("--headless experiment")));
    const Outcome version = run({QStringLiteral("--version")}, folder.path());
    QCOMPARE(version.code, 0);
    QCOMPARE(version.out.trimmed(), QStringLiteral(INFERLAB_VERSION));
}

void TestInferlab::badArguments()
{
    const QTemporaryDir folder;
    const Outcome outcome = run({QStringLiteral("--batch"), QStringLiteral("0")}, folder.path());
    QCOMPARE(outcome.code, 2);
    QCOMPARE(outcome.err,
             QStringLiteral("inferlab: --batch: expected a number from 1 to 256, found 0\n"));
    QVERIFY(QDir(folder.path()).isEmpty());
    // QProcess would write UTF-8: the shell passes the byte.
    QProcess latin1;
    latin1.start(QStringLiteral("/bin/sh"),
                 {QStringLiteral("-c"),
                  QStringLiteral("\"$0\" --prompt \"$(printf '\\351t\\351')\""),
                  QStringLiteral(INFERLAB_PROGRAM)});
    QVERIFY(latin1.waitForFinished(kPatienceMs));
    QCOMPARE(latin1.exitCode(), 2);
    QCOMPARE(latin1.readAllStandardError(),
             QByteArray("inferlab: --prompt: expected UTF-8 text, found bytes that are not "
                        "UTF-8\n"));
}

void TestInferlab::aMissingModelSaysHowToGetOne()
{
    const QTemporaryDir folder;
    const Outcome outcome = run({}, folder.path()); // no display: the demo; no default model here
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains(QStringLiteral("no display")), qPrintable(outcome.err));
    QVERIFY2(outcome.err.contains(QStringLiteral("packaging/fetch_model.sh")),
             qPrintable(outcome.err));
    const Outcome homeless = run({}, folder.path(), true);
    QCOMPARE(homeless.code, 2);
    QVERIFY2(homeless.err.endsWith(QStringLiteral(
                 "inferlab: neither HOME nor XDG_CACHE_HOME says where the default model lies; "
                 "--model FILE takes another\n")),
             qPrintable(homeless.err));
}

void TestInferlab::theDemoWritesEverything()
{
    const QTemporaryDir folder;
    const Outcome outcome =
        run({QStringLiteral("--model"), tinyModel(), QStringLiteral("--prompt"),
             QStringLiteral("ab"), QStringLiteral("--new-tokens"), QStringLiteral("12"),
             QStringLiteral("--batch"), QStringLiteral("2")},
            folder.path());
    QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
    QVERIFY(!outcome.out.trimmed().isEmpty()); // the answer
    const QDir demo(folder.filePath(QStringLiteral("inferlab-demo")));
    for (const char *name : {"runs.json", "tokens.csv", "requests.csv", "ttft.svg", "ttft.png",
                             "itl.svg", "throughput.png", "percentiles.svg", "knee.png"})
        QVERIFY2(QFileInfo(demo.filePath(QLatin1String(name))).size() > 0, name);
    QVERIFY(!QImage(demo.filePath(QStringLiteral("knee.png"))).isNull());
}

void TestInferlab::anUnwritableFolder()
{
    const QTemporaryDir folder;
    const Outcome outcome =
        run({QStringLiteral("--headless"), QStringLiteral("demo"), QStringLiteral("--out"),
             QStringLiteral("/proc/nowhere"), QStringLiteral("--model"), tinyModel(),
             QStringLiteral("--prompt"), QStringLiteral("ab"), QStringLiteral("--new-tokens"),
             QStringLiteral("2")},
            folder.path());
    QCOMPARE(outcome.code, 2);
    QVERIFY2(outcome.err.contains(QStringLiteral("/proc/nowhere")), qPrintable(outcome.err));
}

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList experimentCall(const QString &plan, const QString &out)
{
    return {QStringLiteral("--headless"), QStringLiteral("experiment"),
            QStringLiteral("--file"),     plan,
            QStringLiteral("--model"),    tinyModel(),
            QStringLiteral("--out"),      out};
}

} // namespace

void TestInferlab::anExperimentWritesChartsAndAReport()
{
    const QTemporaryDir folder;
    const QString plan = folder.filePath(QStringLiteral("plan.json"));
    const QString out = folder.filePath(QStringLiteral("out"));
    QFile file(plan);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"format": "inferlab-experiment", "version": 1, "name": "tiny <sweep>",
        "question": "Which is faster?", "axes": [{"vary": "batch", "values": [1, 2, 4, 8]}],
        "hold": {"chat": false, "ignore_end": true, "prompt_tokens": 6, "new_tokens": 3},
        "repeats": 2, "prompts": ["abc"]})");
    file.close();
    const QString kept = folder.filePath(QStringLiteral("history.sqlite"));
    QFile damaged(kept);
    QVERIFY(damaged.open(QIODevice::WriteOnly));
    damaged.write(QByteArray("SQLite format 3").append('\0').append(5000, 'x'));
    damaged.close();
    const QStringList call =
        experimentCall(plan, out) + QStringList {QStringLiteral("--history"), kept};
    const Outcome outcome = run(call, folder.path());
    QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
    QVERIFY2(outcome.err.contains(QStringLiteral("damaged")), qPrintable(outcome.err));
    QVERIFY(outcome.err.contains(QStringLiteral("8 of 8 runs, complete")));
    const QDir charts(out + QStringLiteral("/charts"));
    for (const char *id : {"throughput-by-point", "latency-by-point", "ttft-by-point",
                           "itl-by-point", "throughput-against-latency", "first-token-and-total",
                           "distribution", "memory", "roofline"}) {
        for (const char *suffix : {".svg", ".png", ".csv"})
            QVERIFY2(charts.exists(QLatin1String(id) + QLatin1String(suffix)), id);
    }
    const QByteArray report = contentOf(out + QStringLiteral("/report.html"));
    QVERIFY(report.contains("tiny &lt;sweep&gt;"));
    QVERIFY(!report.contains("<sweep>"));
    QCOMPARE(report.count("<svg"), charts.entryList({QStringLiteral("*.svg")}).size());
    QVERIFY(report.contains("<td>batch 4</td><td>done</td><td>2</td>"));
    QVERIFY(report.contains("sha256:"));
    QVERIFY(report.contains("From batch 1 to batch 8, medians"));
    QVERIFY(report.contains("Which configuration to take"));
    QVERIFY(report.contains("Prediction and measurement"));

    // Once more: all is there, nothing is measured, the pictures are made again.
    QVERIFY(QFile::remove(out + QStringLiteral("/report.html")));
    const QByteArray before = contentOf(out + QStringLiteral("/progress.json"));
    const Outcome again = run(call, folder.path());
    QCOMPARE(again.code, 0);
    QVERIFY(!again.err.contains(QStringLiteral("run 1 of 2")));
    QCOMPARE(contentOf(out + QStringLiteral("/progress.json")), before);
    QVERIFY(QFile::exists(out + QStringLiteral("/report.html")));

    // Its runs are in the history as the window's are, each once.
    History history(kept);
    HistoryRows rows;
    history.list({}, this, [&rows](const HistoryRows &answer) { rows = answer; });
    QTRY_COMPARE_WITH_TIMEOUT(rows.total, int64_t(8), kPatienceMs);
    for (const HistoryRun &run : rows.runs) {
        QVERIFY(run.place.has_value());
        QVERIFY(run.place->experiment.startsWith(QStringLiteral("tiny <sweep> 2")));
        QCOMPARE(run.settings.batch, 1 << run.place->point);
    }
}

void TestInferlab::aBadExperimentIsRefused()
{
    const QTemporaryDir folder;
    const Outcome list =
        run({QStringLiteral("--headless"), QStringLiteral("experiment"), QStringLiteral("--list")},
            folder.path());
    QCOMPARE(list.code, 0);
    QVERIFY(list.out.contains(QStringLiteral("course-notebook-small")));
    const Outcome missing =
        run(experimentCall(folder.filePath(QStringLiteral("none.json")), QStringLiteral("out")),
            folder.path());
    QCOMPARE(missing.code, 2);
    QCOMPARE(missing.err.count(QStringLiteral("inferlab: ")), 1);
    QVERIFY(missing.err.contains(QStringLiteral("none.json")));
}

void TestInferlab::aSignalClosesTheWindowAsItsButtonDoes()
{
    const QTemporaryDir folder;
    QProcessEnvironment environment = environmentIn(folder.path());
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("INFERLAB_TRACE_STARTUP"), QStringLiteral("1"));
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(folder.path());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(INFERLAB_PROGRAM), {});
    QByteArray output;
    while (!output.contains("window-visible-ms") && process.waitForReadyRead(kPatienceMs))
        output += process.readAll();
    QVERIFY(output.contains("window-visible-ms"));
    process.terminate();
    QVERIFY(process.waitForFinished(kPatienceMs));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 128 + 15);
    // What closing writes is there: the window's place, and a history that was closed.
    QFile settings(folder.filePath(QStringLiteral("inferlab/inferlab.ini")));
    QVERIFY(settings.open(QIODevice::ReadOnly));
    QVERIFY(settings.readAll().contains("windowGeometry"));
}

QTEST_GUILESS_MAIN(TestInferlab)
#include "test_inferlab.moc"
