// What the window remembers: values come back, nonsense in the file falls back, nothing is written
// unless a file is attached.
#include "ui/settings/settings.h"

#include <QFile>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

using namespace inferlab;

class TestSettings : public QObject
{
    Q_OBJECT

private slots:
    void valuesComeBack();
    void nonsenseFallsBack_data();
    void nonsenseFallsBack();
    void settersClampAndSignalOnce();
    void recentModelsAreFewAndUnique();
    void runSettingsComeBack();
    void whatNobodyChoseFollowsItsDefault();
    void nonsenseRunSettingsFallBack_data();
    void nonsenseRunSettingsFallBack();
    void withoutAFileNothingIsWritten();

private:
    QString file(const QByteArray &content);
    QTemporaryDir m_folder;
};

QString TestSettings::file(const QByteArray &content)
{
    const QString path = m_folder.filePath(QStringLiteral("settings.ini"));
    QFile out(path);
    if (!out.open(QIODevice::WriteOnly | QIODevice::Truncate))
        qFatal("cannot write %s", qPrintable(path));
    out.write(content);
    return path;
}

void TestSettings::valuesComeBack()
{
    const QString path = file({});
    {
        Settings settings;
        settings.loadFrom(path);
        settings.setTheme(Settings::Theme::Dark);
        settings.setTokenTints(true);
        settings.setChartFramesPerSecond(7);
        settings.setZoomPercent(125);
        settings.addRecentModel(QStringLiteral("/a b/m.gguf"));
        settings.setChartOrder({QStringLiteral("itl"), QStringLiteral("ttft")});
        settings.setHiddenCharts({QStringLiteral("knee")});
        settings.setPage(QStringLiteral("compare"));
        settings.setWindowGeometry("geo");
        settings.setSplitterState(QStringLiteral("outer"), "state");
    }
    Settings again;
    again.loadFrom(path);
    QCOMPARE(again.theme(), Settings::Theme::Dark);
    QCOMPARE(again.tokenTints(), true);
    QCOMPARE(again.chartFramesPerSecond(), 7);
    QCOMPARE(again.zoomPercent(), 125);
    QCOMPARE(again.recentModels(), QStringList {QStringLiteral("/a b/m.gguf")});
    QCOMPARE(again.chartOrder(), (QStringList {QStringLiteral("itl"), QStringLiteral("ttft")}));
    QCOMPARE(again.hiddenCharts(), QStringList {QStringLiteral("knee")});
    QCOMPARE(again.page(), QStringLiteral("compare"));
    QCOMPARE(again.windowGeometry(), QByteArray("geo"));
    QCOMPARE(again.splitterState(QStringLiteral("outer")), QByteArray("state"));
}

void TestSettings::nonsenseFallsBack_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("not numbers") << QByteArray(
        "[General]\nchartFrames=many\nzoomPercent=\ntheme=pink\n"
        "tokenTints=perhaps\n");
    QTest::newRow("out of range") << QByteArray("[General]\nchartFrames=9999\nzoomPercent=-5\n");
    QTest::newRow("not an ini file") << QByteArray("\x00\x01\xff{{{[[[==", 11);
    QTest::newRow("other types") << QByteArray(
        "[General]\nzoomPercent=1, 2, 3\nchartFrames=@Invalid()\n");
}

void TestSettings::nonsenseFallsBack()
{
    QFETCH(const QByteArray, content);
    const Settings defaults;
    Settings settings;
    settings.loadFrom(file(content));
    QCOMPARE(settings.theme(), defaults.theme());
    QCOMPARE(settings.tokenTints(), defaults.tokenTints());
    QCOMPARE(settings.chartFramesPerSecond(), defaults.chartFramesPerSecond());
    QCOMPARE(settings.zoomPercent(), defaults.zoomPercent());
}

void TestSettings::settersClampAndSignalOnce()
{
    Settings settings;
    const QSignalSpy changed(&settings, &Settings::changed);
    settings.setZoomPercent(100000);
    QCOMPARE(settings.zoomPercent(), Settings::kMaxZoomPercent);
    settings.setZoomPercent(100000);
    settings.setChartFramesPerSecond(0);
    QCOMPARE(settings.chartFramesPerSecond(), Settings::kMinChartFrames);
    settings.setTheme(Settings::Theme::Light);
    settings.setTheme(Settings::Theme::Light);
    QCOMPARE(changed.count(), 3);
}

void TestSettings::recentModelsAreFewAndUnique()
{
    Settings settings;
    for (int i = 0; i < 20; ++i)
        settings.addRecentModel(QStringLiteral("/m%1.gguf").arg(i));
    settings.addRecentModel(QStringLiteral("/m15.gguf"));
    QCOMPARE(settings.recentModels().size(), Settings::kMaxRecentModels);
    QCOMPARE(settings.recentModels().front(), QStringLiteral("/m15.gguf"));
    QCOMPARE(settings.recentModels().count(QStringLiteral("/m15.gguf")), 1);
}

namespace {

// None of its values is a default of RunSettings.
RunSettings unusual()
{
    RunSettings settings;
    settings.device = "cuda";
    settings.kvCache = false;
    settings.batch = 5;
    settings.maxNewTokens = 77;
    settings.threads = 3;
    settings.cacheType = DType::Q8_0;
    settings.scheduler = BatchPolicy::Continuous;
    settings.chunkTokens = 64;
    settings.padding = true;
    settings.batchInvariant = true;
    settings.stepGraphs = false;
    settings.chat = false;
    settings.ignoreEnd = true;
    settings.sampling.temperature = 0.8F;
    settings.sampling.topK = 40;
    settings.sampling.topP = 0.95F;
    settings.sampling.minP = 0.05F;
    settings.sampling.repetitionPenalty = 1.1F;
    settings.sampling.seed = 2025;
    return settings;
}

void compareRunSettings(const RunSettings &a, const RunSettings &b)
{
    QCOMPARE(a.device, b.device);
    QCOMPARE(a.kvCache, b.kvCache);
    QCOMPARE(a.batch, b.batch);
    QCOMPARE(a.maxNewTokens, b.maxNewTokens);
    QCOMPARE(a.threads, b.threads);
    QCOMPARE(a.cacheType, b.cacheType);
    QCOMPARE(a.scheduler, b.scheduler);
    QCOMPARE(a.chunkTokens, b.chunkTokens);
    QCOMPARE(a.padding, b.padding);
    QCOMPARE(a.batchInvariant, b.batchInvariant);
    QCOMPARE(a.stepGraphs, b.stepGraphs);
    QCOMPARE(a.chat, b.chat);
    QCOMPARE(a.ignoreEnd, b.ignoreEnd);
    QCOMPARE(a.sampling.temperature, b.sampling.temperature);
    QCOMPARE(a.sampling.topK, b.sampling.topK);
    QCOMPARE(a.sampling.topP, b.sampling.topP);
    QCOMPARE(a.sampling.minP, b.sampling.minP);
    QCOMPARE(a.sampling.repetitionPenalty, b.sampling.repetitionPenalty);
    QCOMPARE(a.sampling.seed, b.sampling.seed);
    QCOMPARE(a.prompt, b.prompt);
}

} // namespace

void TestSettings::runSettingsComeBack()
{
    const QString path = file({});
    RunSettings defaults;
    defaults.prompt = "not remembered";
    {
        Settings settings;
        settings.loadFrom(path);
        compareRunSettings(settings.runSettings(defaults), defaults);
        settings.setRunSettings(unusual(), defaults);
    }
    Settings again;
    again.loadFrom(path);
    RunSettings expected = unusual();
    expected.prompt = defaults.prompt;
    compareRunSettings(again.runSettings(defaults), expected);
}

void TestSettings::whatNobodyChoseFollowsItsDefault()
{
    const QString path = file({});
    const RunSettings first;
    RunSettings other; // what a later version, or another machine, begins with
    other.batch = 4;
    other.maxNewTokens = 77;
    {
        Settings settings;
        settings.loadFrom(path);
        settings.setRunSettings(first, first); // nothing was chosen
        RunSettings moved = first;
        moved.batch = 9;
        settings.setRunSettings(moved, first);
        settings.setRunSettings(first, first); // and moved back: chosen all the same
    }
    Settings again;
    again.loadFrom(path);
    const RunSettings read = again.runSettings(other);
    QCOMPARE(read.batch, first.batch);
    QCOMPARE(read.maxNewTokens, other.maxNewTokens);
}

void TestSettings::nonsenseRunSettingsFallBack_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("other types") << QByteArray(
        "[run]\ndevice=toaster\nkvCache=perhaps\nbatch=many\nnewTokens=1.5\nthreads=\n"
        "chat=1\nfixedLength=@Invalid()\ntemperature=hot\ntopK=1, 2\ntopP=nan\nminP=inf\n"
        "repetitionPenalty=x\nseed=-\ncacheType=Q4_0\nbatching=sometimes\nchunkTokens=few\n"
        "padding=1\nsameInAnyBatch=yes\nstepGraphs=\n");
    QTest::newRow("out of range") << QByteArray(
        "[run]\nbatch=257\nnewTokens=0\nthreads=-1\ntemperature=1e9\ntopK=-1\ntopP=1.01\n"
        "minP=-0.1\nrepetitionPenalty=0\nseed=1e300\n");
}

void TestSettings::nonsenseRunSettingsFallBack()
{
    QFETCH(const QByteArray, content);
    Settings settings;
    settings.loadFrom(file(content));
    compareRunSettings(settings.runSettings(unusual()), unusual());
}

void TestSettings::withoutAFileNothingIsWritten()
{
    QTemporaryDir home;
    qputenv("XDG_CONFIG_HOME", home.path().toUtf8());
    {
        Settings settings;
        settings.setZoomPercent(150);
        settings.addRecentModel(QStringLiteral("/m.gguf"));
    }
    QVERIFY(QDir(home.path()).isEmpty());
}

QTEST_GUILESS_MAIN(TestSettings)
#include "test_settings.moc"
