// Bytes of pictures and tables, and files that are whole or not there.
#include "ui/charts/chart_export.h"

#include "engine/base/error.h"
#include "engine/base/output_file.h"
#include "engine/measure/record_json.h"
#include "ui/charts/picture.h"
#include "ui/charts/plot_frame.h"
#include "ui/charts/table_model.h"

#include <QBuffer>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QImageWriter>
#include <QPageLayout>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QScopeGuard>
#include <QSvgGenerator>
#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace inferlab {

namespace {

constexpr int kPointsPerInch = 72;
constexpr double kPngScale = 2.0;
constexpr std::array kFormats {ExportFormat::Svg, ExportFormat::Png, ExportFormat::Csv};

[[noreturn]] void fail(const QString &what)
{
    throw std::runtime_error(what.toStdString());
}

void draw(QPaintDevice &device, const ExportedChart &chart, const ExportNotes &notes,
          const QRectF &target)
{
    Picture picture(chart, notes);
    QPainter painter(&device);
    if (!painter.isActive())
        fail(QStringLiteral("the picture of %1 cannot be drawn").arg(chart.spec.id));
    picture.scene().render(&painter, target, picture.scene().sceneRect());
}

QByteArray svgOf(const ExportedChart &chart, const ExportNotes &notes)
{
    QBuffer buffer;
    {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(kPictureSize.toSize());
        generator.setViewBox(QRectF(QPointF(), kPictureSize));
        generator.setResolution(kPointsPerInch);
        generator.setTitle(chart.spec.title.toHtmlEscaped());
        generator.setDescription(
            (chart.spec.description + QLatin1Char('\n') + notes.description()).toHtmlEscaped());
        draw(generator, chart, notes, QRectF(QPointF(), kPictureSize));
    }
    // A reader without the typeface falls back to one like it.
    QByteArray bytes = buffer.data();
    bytes.replace("font-family=\"Open Sans\"",
                  "font-family=\"Open Sans, Noto Sans, Helvetica, Arial, sans-serif\"");
    return bytes;
}

QByteArray pngOf(const ExportedChart &chart, const ExportNotes &notes)
{
    QImage image((kPictureSize * kPngScale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    draw(image, chart, notes, QRectF(QPointF(), kPictureSize * kPngScale));
    image.setDotsPerMeterX(qRound(kPngScale * kPointsPerInch / 0.0254));
    image.setDotsPerMeterY(qRound(kPngScale * kPointsPerInch / 0.0254));
    QBuffer buffer;
    QImageWriter writer(&buffer, "png");
    writer.setText(QStringLiteral("Title"), chart.spec.title);
    writer.setText(QStringLiteral("Description"), chart.spec.description);
    writer.setText(QStringLiteral("Source"), notes.description());
    writer.setText(QStringLiteral("Software"), notes.program);
    if (!writer.write(image))
        fail(QStringLiteral("the picture of %1 cannot be encoded: %2")
                 .arg(chart.spec.id, writer.errorString()));
    return buffer.data();
}

std::string stdPath(const QString &path)
{
    return QDir::toNativeSeparators(path).toStdString();
}

} // namespace

QString formatSuffix(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Svg:
        return QStringLiteral("svg");
    case ExportFormat::Pdf:
        return QStringLiteral("pdf");
    case ExportFormat::Png:
        return QStringLiteral("png");
    case ExportFormat::Csv:
        break;
    }
    return QStringLiteral("csv");
}

ExportedChart exportedChart(const ChartCard &card)
{
    ExportedChart chart;
    chart.spec = card.plotSpec();
    chart.hidden = card.hiddenSeries();
    chart.table = card.table();
    if (card.isZoomedIn()) {
        chart.x = card.plotFrame().x;
        chart.y = card.plotFrame().y;
    }
    return chart;
}

ExportedChart exportedChart(ChartSource &source, const ChartData &data, int view)
{
    ExportedChart chart;
    chart.spec = source.plot(data, view);
    chart.table = source.table(chart.spec);
    return chart;
}

QByteArray renderPages(const std::vector<ExportedChart> &charts,
                       const std::vector<ExportNotes> &notes)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        QStringList titles;
        for (const ExportedChart &chart : charts)
            titles << chart.spec.title;
        writer.setTitle(titles.join(QStringLiteral("; ")) + QStringLiteral(" - ")
                        + notes.front().subtitle);
        writer.setCreator(notes.front().foot);
        writer.setResolution(kPointsPerInch);
        writer.setPageLayout(QPageLayout(QPageSize(kPictureSize, QPageSize::Point),
                                         QPageLayout::Portrait, QMarginsF()));
        QPainter painter;
        if (!painter.begin(&writer))
            fail(QStringLiteral("the PDF cannot be drawn"));
        for (size_t i = 0; i < charts.size(); ++i) {
            if (i > 0 && !writer.newPage())
                fail(QStringLiteral("the PDF has no room for another page"));
            Picture picture(charts[i], notes[i]);
            picture.scene().render(&painter, QRectF(QPointF(), kPictureSize),
                                   picture.scene().sceneRect());
        }
    }
    return buffer.data();
}

QByteArray renderChart(const ExportedChart &chart, const ExportNotes &notes, ExportFormat format)
{
    switch (format) {
    case ExportFormat::Svg:
        return svgOf(chart, notes);
    case ExportFormat::Pdf:
        return renderPages({chart}, {notes});
    case ExportFormat::Png:
        return pngOf(chart, notes);
    case ExportFormat::Csv:
        break;
    }
    return toCsv(chart.table, QStringList {chart.spec.title} + notes.facts).toUtf8();
}

void makeExportFolder(const QString &folder)
{
    const QFileInfo info(folder);
    if (info.exists() && !info.isDir())
        throw InputError(stdPath(folder), "", "a folder", "a file");
    errno = 0;
    if (!QDir().mkpath(folder)) {
        const QString why =
            errno == 0 ? QString() : QStringLiteral(" (%1)").arg(qt_error_string(errno));
        throw InputError(stdPath(folder) + ": the folder cannot be made" + why.toStdString());
    }
}

void writeWhole(const QString &path, const QByteArray &bytes)
{
    try {
        OutputFile file(stdPath(path));
        file.commit({bytes.constData(), static_cast<size_t>(bytes.size())});
    } catch (const InputError &) {
        throw;
    } catch (const std::runtime_error &error) { // such as a full disk
        throw InputError(std::string(error.what()));
    }
}

QStringList exportAll(const std::vector<ExportedChart> &charts, const ChartData &data,
                      const QString &folder)
{
    const bool isNew = !QFileInfo::exists(folder);
    makeExportFolder(folder);
    const QDir dir(folder);
    QStringList written;
    // A folder that was made for nothing goes again; one with a file in it stays.
    const auto tidy = qScopeGuard([&] {
        if (isNew && written.isEmpty())
            QDir().rmdir(folder);
    });
    const auto write = [&](const QString &name, const QByteArray &bytes) {
        writeWhole(dir.filePath(name), bytes);
        written << dir.filePath(name);
    };
    // The runs first: from them, everything else can be made again.
    const auto isIn = [](const std::vector<RunRecordPtr> &list, const RunRecord *run) {
        return std::any_of(list.begin(), list.end(),
                           [run](const RunRecordPtr &other) { return other.get() == run; });
    };
    std::vector<RunRecord> runs;
    for (const RunRecord *run : runsBehind(data)) {
        runs.push_back(*run);
        runs.back().isShown = run == data.current;
        runs.back().isKept = isIn(data.earlier, run);
        runs.back().isOfSweep = isIn(data.sweep, run);
    }
    write(QStringLiteral("runs.json"), QByteArray::fromStdString(runsToJson(runs)));
    write(QStringLiteral("requests.csv"), QByteArray::fromStdString(requestsToCsv(runs)));
    write(QStringLiteral("tokens.csv"), QByteArray::fromStdString(tokensToCsv(runs)));
    std::vector<ExportedChart> drawn;
    std::vector<ExportNotes> notes;
    for (const ExportedChart &chart : charts) {
        if (chart.spec.isEmpty())
            continue;
        drawn.push_back(chart);
        notes.push_back(exportNotes(data, chart.spec.id));
        for (const ExportFormat format : kFormats)
            write(chart.spec.id + QLatin1Char('.') + formatSuffix(format),
                  renderChart(chart, notes.back(), format));
    }
    if (!drawn.empty())
        write(QStringLiteral("charts.pdf"), renderPages(drawn, notes));
    return written;
}

} // namespace inferlab
