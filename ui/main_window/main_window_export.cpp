// Files that go out of the window: all charts with their data, or one chart.
#include "main_window.h"

#include "engine/base/error.h"
#include "ui/charts/chart_export.h"
#include "ui/pages/chart_board.h"
#include "ui/pages/run_page.h"

#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>
#include <optional>

namespace inferlab {

namespace {

std::optional<ExportFormat> formatOf(const QString &file)
{
    const QString suffix = QFileInfo(file).suffix().toLower();
    for (const ExportFormat format :
         {ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Png, ExportFormat::Csv}) {
        if (suffix == formatSuffix(format))
            return format;
    }
    return std::nullopt;
}

// A name that is free: an export never writes over an earlier one.
QString freeFolder(const QString &parent)
{
    const QString name = QStringLiteral("inferlab-")
        + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString folder = QDir(parent).filePath(name);
    for (int number = 2; QFileInfo::exists(folder); ++number)
        folder = QDir(parent).filePath(QStringLiteral("%1-%2").arg(name).arg(number));
    return folder;
}

// Where people keep their papers; on a bare machine there is no such folder.
QString documents()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(folder).isDir() ? folder : QDir::homePath();
}

} // namespace

void MainWindow::chooseExportFolder()
{
    if (m_page->finishedRun() == nullptr) {
        m_page->showNotice(tr("There is nothing to export yet: press Run first"));
        return;
    }
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Export into a new folder in"), documents());
    if (!folder.isEmpty())
        exportTo(folder);
}

void MainWindow::exportTo(const QString &folder)
{
    if (m_page->finishedRun() == nullptr)
        return;
    const QString target = freeFolder(folder);
    QGuiApplication::setOverrideCursor(Qt::BusyCursor);
    try {
        m_page->board()->drawAll();
        std::vector<ExportedChart> charts;
        for (const ChartCard *card : m_page->board()->cards())
            charts.push_back(exportedChart(*card));
        const QStringList files = exportAll(charts, m_page->board()->shownData(), target);
        m_page->showNotice(tr("Exported %1 files to %2").arg(files.size()).arg(target));
    } catch (const std::exception &error) { // InputError, or a picture that cannot be made
        m_page->showError(tr("Not exported. %1").arg(QString::fromUtf8(error.what())));
    }
    QGuiApplication::restoreOverrideCursor();
}

void MainWindow::chooseChartFile(const QString &chartId)
{
    if (m_page->finishedRun() == nullptr) {
        m_page->showNotice(tr("A chart is exported when its run has ended"));
        return;
    }
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export chart"), QDir(documents()).filePath(chartId + QStringLiteral(".svg")),
        tr("SVG picture (*.svg);;PDF (*.pdf);;PNG picture (*.png);;CSV table (*.csv)"));
    if (!file.isEmpty())
        exportChart(chartId, file);
}

void MainWindow::exportChart(const QString &chartId, const QString &file)
{
    const ChartCard *card = m_page->board()->card(chartId);
    const auto format = formatOf(file);
    if (card == nullptr)
        return;
    if (!format) {
        m_page->showError(
            tr("%1: expected a name that ends in .svg, .pdf, .png or .csv").arg(file));
        return;
    }
    try {
        m_page->board()->drawAll();
        const ExportNotes notes = exportNotes(m_page->board()->shownData(), chartId);
        writeWhole(file, renderChart(exportedChart(*card), notes, *format));
        m_page->showNotice(tr("Exported to %1").arg(file));
    } catch (const std::exception &error) {
        m_page->showError(tr("Not exported. %1").arg(QString::fromUtf8(error.what())));
    }
}

} // namespace inferlab
