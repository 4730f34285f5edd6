// Exported files: they can be read by others, stand alone, carry their provenance, and are whole or
// absent.
#include "support/synthetic_run.h"

#include "engine/base/error.h"
#include "engine/measure/changed_settings.h"
#include "engine/measure/record_json.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/plot_card.h"
#include "ui/theme/theme_controller.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QImageReader>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/resource.h>

using namespace inferlab;

namespace {

constexpr char kHash[] = "sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

int inkOf(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            count += std::abs(pixel.red() - color.red()) + std::abs(pixel.green() - color.green())
                        + std::abs(pixel.blue() - color.blue())
                    < 24
                ? 1
                : 0;
        }
    }
    return count;
}

// Files larger than this cannot be written while it lives: what a full disk looks like to a
// program.
class NoSpace
{
public:
    explicit NoSpace(rlim_t bytes)
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~NoSpace()
    {
        setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }
    NoSpace(const NoSpace &) = delete;
    NoSpace &operator=(const NoSpace &) = delete;

private:
    rlimit m_before {};
    void (*m_handler)(int);
};

QString lineOf(const std::function<void()> &work)
{
    try {
        work();
    } catch (const InputError &error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TestChartExport : public QObject
{
    Q_OBJECT

private:
    RunRecord m_run = makeSyntheticRun({.batch = 4});
    ChartData m_data;
    QTemporaryDir m_folder;

    ExportedChart chart(const QString &id, int view = 0)
    {
        return exportedChart(*makeChartSource(id), m_data, view);
    }

private slots:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_data.current = &m_run;
        m_data.earlier = {
            std::make_shared<RunRecord>(makeSyntheticRun({.batch = 1, .kvCache = false}))};
        for (const int batch : {1, 2, 4, 8})
            m_data.sweep.push_back(
                std::make_shared<RunRecord>(makeSyntheticRun({.batch = batch, .newTokens = 16})));
    }

    void notesSayWhatIsCommon()
    {
        const ExportNotes notes = exportNotes(m_data, QStringLiteral("itl"));
        QVERIFY(notes.subtitle.contains(QStringLiteral("SmolLM2-135M-Instruct.Q4_1")));
        QVERIFY(notes.subtitle.contains(QStringLiteral("CPU, 2 threads")));
        QVERIFY(notes.subtitle.contains(QStringLiteral("greedy")));
        QVERIFY(!notes.subtitle.contains(QStringLiteral("batch"))); // differs: in the legend
        QVERIFY(!notes.subtitle.contains(QStringLiteral("KV cache")));
        QVERIFY(notes.foot.contains(QStringLiteral("InferLab 0.1.0")));
        QVERIFY(notes.foot.contains(QStringLiteral("2026-11-23")));
        QVERIFY(notes.foot.contains(QStringLiteral("sha256:b179c9523d0e6a0f")));
        QVERIFY(notes.foot.contains(QStringLiteral("seed 1")));
        QVERIFY(notes.description().contains(QLatin1String(kHash)));
        QVERIFY(exportNotes(m_data, QStringLiteral("knee"))
                    .subtitle.contains(QStringLiteral("KV cache on")));
    }

    void notesTellEverySettingApart()
    {
        const auto notesOf = [](const RunSettings &settings) {
            RunRecord run = makeSyntheticRun({});
            run.settings = settings;
            ChartData data;
            data.current = &run;
            return exportNotes(data, QStringLiteral("itl"));
        };
        for (const test::ChangedSettings &changed : test::changedSettings()) {
            const QStringList base = notesOf(test::baseSettings()).facts;
            QStringList other = notesOf(changed.settings).facts;
            QCOMPARE(other.size(), base.size());
            other.removeIf([&base](const QString &fact) { return base.contains(fact); });
            QVERIFY2(other.size() == 1, changed.name.c_str()); // a line each, and one differs
        }
        RunSettings settings = test::baseSettings();
        settings.cacheType = DType::Q8_0;
        settings.scheduler = BatchPolicy::Continuous;
        settings.requests = 24;
        settings.concurrency = 4;
        settings.chunkTokens = 64;
        const QString subtitle = notesOf(settings).subtitle;
        QVERIFY2(subtitle.contains(QStringLiteral("KV cache Q8_0")), qPrintable(subtitle));
        QVERIFY2(subtitle.contains(
                     QStringLiteral("continuous, 24 requests, 4 in flight, chunks of 64 tokens")),
                 qPrintable(subtitle));
    }

    void svgStandsAlone_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("view");
        for (const QString &id : chartIds()) {
            for (int view = 0; view < std::max<int>(1, makeChartSource(id)->views().size()); ++view)
                QTest::addRow("%s %d", qPrintable(id), view) << id << view;
        }
    }

    void svgStandsAlone()
    {
        QFETCH(QString, id);
        QFETCH(int, view);
        const QByteArray svg =
            renderChart(chart(id, view), exportNotes(m_data, id), ExportFormat::Svg);
        QString title, description, words;
        QXmlStreamReader xml(svg);
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement)
                continue;
            if (xml.name() == QLatin1String("title"))
                title = xml.readElementText();
            else if (xml.name() == QLatin1String("desc"))
                description = xml.readElementText();
            else if (xml.name() == QLatin1String("text"))
                words +=
                    xml.readElementText(QXmlStreamReader::IncludeChildElements) + QLatin1Char('\n');
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(title, chart(id, view).spec.title);
        QVERIFY(description.contains(QLatin1String(kHash)));
        QVERIFY(!description.contains(QStringLiteral("&amp;")));
        QVERIFY(words.contains(title));
        QVERIFY(words.contains(QStringLiteral("SmolLM2-135M-Instruct.Q4_1")));
        QVERIFY(words.contains(QStringLiteral("InferLab 0.1.0")));
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        QCOMPARE(renderer.viewBoxF().size(), kPictureSize);
        QImage image(kPictureSize.toSize(), QImage::Format_RGB32);
        image.fill(Qt::magenta);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        QCOMPARE(image.pixelColor(2, 2), QColor(Qt::white)); // its own background
        QVERIFY(inkOf(image,
                      Theme::light().edge(id == QLatin1String("ttft") ? Meaning::Prefill
                                              : id == QLatin1String("knee")
                                                  || id == QLatin1String("throughput")
                                              ? Meaning::Throughput
                                              : Meaning::Decode))
                > 50);
    }

    void pngIsTwiceTheSizeAndSaysWhereFrom()
    {
        const QByteArray png =
            renderChart(chart(QStringLiteral("itl")), exportNotes(m_data, QStringLiteral("itl")),
                        ExportFormat::Png);
        QImage image;
        QVERIFY(image.loadFromData(png, "png"));
        QCOMPARE(image.size(), (kPictureSize * 2).toSize());
        QCOMPARE(image.pixelColor(3, 3), QColor(Qt::white));
        QVERIFY(inkOf(image, Theme::light().edge(Meaning::Decode)) > 500);
        QCOMPARE(image.text(QStringLiteral("Title")), QStringLiteral("Inter-token latency, ms"));
        QCOMPARE(image.text(QStringLiteral("Software")), QStringLiteral("InferLab 0.1.0"));
        QVERIFY(image.text(QStringLiteral("Source")).contains(QLatin1String(kHash)));
    }

    void exportsAreLightInTheDark()
    {
        ThemeController theme(*qApp, [] { return true; });
        QVERIFY(Theme::current().dark);
        const QByteArray png =
            renderChart(chart(QStringLiteral("knee")), exportNotes(m_data, QStringLiteral("knee")),
                        ExportFormat::Png);
        QCOMPARE(QImage::fromData(png).pixelColor(3, 3), QColor(Qt::white));
    }

    void pdfHasAPageAndItsTitle()
    {
        const QByteArray pdf =
            renderChart(chart(QStringLiteral("ttft")), exportNotes(m_data, QStringLiteral("ttft")),
                        ExportFormat::Pdf);
        QVERIFY(pdf.startsWith("%PDF-1."));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        QCOMPARE(pdf.count("/Type /Page\n"), 1);
        QVERIFY(pdf.contains("/MediaBox [0 0 960"));
    }

    void csvReadsBack()
    {
        const ExportedChart itl = chart(QStringLiteral("itl"));
        const QByteArray csv =
            renderChart(itl, exportNotes(m_data, QStringLiteral("itl")), ExportFormat::Csv);
        QStringList lines = QString::fromUtf8(csv).split(QStringLiteral("\r\n"));
        QCOMPARE(lines.takeLast(), QString());
        QVERIFY(lines[0].startsWith(QStringLiteral("# Inter-token latency")));
        QVERIFY(csv.contains(kHash));
        lines.removeIf([](const QString &line) { return line.startsWith(QLatin1Char('#')); });
        QCOMPARE(lines.takeFirst(), QStringLiteral("Run,Request,Token,\"ITL, ms\""));
        QCOMPARE(static_cast<size_t>(lines.size()), itl.table.rows.size());
    }

    void pictureIsWhatTheScreenShows()
    {
        ThemeController theme(*qApp, [] { return false; });
        PlotCard card(makeChartSource(QStringLiteral("itl")));
        card.resize(800, 500);
        card.show();
        card.setData(m_data);
        QTest::keyClick(card.plotView(), Qt::Key_Plus);
        for (LegendButton *button : card.legend()->findChildren<LegendButton *>()) {
            if (button->entry().age == 1)
                button->click();
        }
        const ExportedChart exported = exportedChart(card);
        QCOMPARE(*exported.x, card.plotFrame().x);
        QCOMPARE(exported.hidden, card.hiddenSeries());
        const QByteArray svg =
            renderChart(exported, exportNotes(m_data, QStringLiteral("itl")), ExportFormat::Svg);
        QVERIFY(!svg.contains(">KV cache off, batch 1</text>"));
        // Nothing is drawn outside of the picture, zoomed in or not.
        static const QRegularExpression points(QStringLiteral("points=\"([^\"]*)\""));
        for (auto it = points.globalMatch(QString::fromUtf8(svg)); it.hasNext();) {
            for (const QString &pair :
                 it.next().captured(1).split(QLatin1Char(' '), Qt::SkipEmptyParts))
                QVERIFY(pair.section(QLatin1Char(','), 0, 0).toDouble() <= kPictureSize.width());
        }
    }

    void everythingGoesIntoAFolder()
    {
        const QString folder = m_folder.filePath(QStringLiteral("a/new folder"));
        std::vector<ExportedChart> charts;
        for (const QString &id : chartIds())
            charts.push_back(chart(id));
        const QStringList written = exportAll(charts, m_data, folder);
        for (const QString &path : written)
            QVERIFY2(QFileInfo(path).size() > 0, qPrintable(path));
        QCOMPARE(QDir(folder).entryList(QDir::Files).size(), written.size()); // nothing left over
        QCOMPARE(written.size(), 3 + 5 * 3 + 1);
        QFile pdf(folder + QStringLiteral("/charts.pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QCOMPARE(pdf.readAll().count("/Type /Page\n"), 5);
        QFile json(folder + QStringLiteral("/runs.json"));
        QVERIFY(json.open(QIODevice::ReadOnly));
        const auto runs = runsFromJson(json.readAll().toStdString(), "runs.json");
        QCOMPARE(runs.size(), 6U); // earlier, current, four of the sweep
        QCOMPARE(runs[1].requests.size(), m_run.requests.size());
        QCOMPARE(runs[1].provenance.modelHash, m_run.provenance.modelHash);
    }

    void emptyChartsAreLeftOut()
    {
        const QString folder = m_folder.filePath(QStringLiteral("empty"));
        ChartData data;
        data.current = &m_run;
        const QStringList written = exportAll(
            {exportedChart(*makeChartSource(QStringLiteral("knee")), data)}, data, folder);
        QCOMPARE(written.size(), 3);
    }

    void aFileIsReplacedWhole()
    {
        const QString path = m_folder.filePath(QStringLiteral("twice.csv"));
        writeWhole(path, QByteArray(100000, 'a'));
        writeWhole(path, "b");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("b"));
    }

    void aFullDiskLeavesTheOldFile()
    {
        const QString path = m_folder.filePath(QStringLiteral("full.csv"));
        writeWhole(path, "old");
        QString line;
        {
            const NoSpace limit(4096);
            line = lineOf([&path] { writeWhole(path, QByteArray(1'000'000, 'x')); });
        }
        QVERIFY2(line.contains(path) && !line.contains(QLatin1Char('\n')), qPrintable(line));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("old"));
        QCOMPARE(QDir(m_folder.path()).entryList({QStringLiteral("full*")}, QDir::Files).size(), 1);
    }

    void aFullDiskEndsAnExportWithOneLine()
    {
        const QString folder = m_folder.filePath(QStringLiteral("small disk"));
        std::vector<ExportedChart> charts {chart(QStringLiteral("itl"))};
        QString line;
        {
            const NoSpace limit(4096);
            line = lineOf([&] { exportAll(charts, m_data, folder); });
        }
        QVERIFY(line.contains(QStringLiteral("runs.json")));
        QVERIFY2(line.contains(QString::fromLocal8Bit(std::strerror(EFBIG))), qPrintable(line));
        QVERIFY2(!line.contains(QStringLiteral("cancel"), Qt::CaseInsensitive), qPrintable(line));
        QVERIFY(!QDir(folder).exists()); // it was made for nothing
    }

    void placesThatAreNoFilesAreRefused()
    {
        QVERIFY(lineOf([] {
                    writeWhole(QStringLiteral("/dev/full"), "x");
                }).contains(QStringLiteral("a device")));
        QVERIFY(!QFileInfo(QStringLiteral("/dev/full")).isFile());
        QVERIFY(lineOf([this] {
                    writeWhole(m_folder.path(), "x");
                }).contains(QStringLiteral("a folder")));
        QVERIFY(lineOf([this] {
                    writeWhole(m_folder.filePath(QStringLiteral("no/such/folder/x")), "x");
                }).contains(QStringLiteral("No such file or directory")));
        writeWhole(m_folder.filePath(QStringLiteral("file")), "x");
        QVERIFY(lineOf([this] {
                    exportAll({}, m_data, m_folder.filePath(QStringLiteral("file")));
                }).contains(QStringLiteral("found a file")));
        QVERIFY(lineOf([this] {
                    exportAll({}, m_data, m_folder.filePath(QStringLiteral("file/below")));
                }).contains(QStringLiteral("cannot be made")));
        QVERIFY(lineOf([this] {
                    exportAll({}, m_data, QStringLiteral("/proc/nothing"));
                }).contains(QStringLiteral("/proc/nothing")));
    }
};

QTEST_MAIN(TestChartExport)
#include "test_chart_export.moc"
