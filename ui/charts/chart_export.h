// Charts as files: SVG, PDF and PNG pictures that stand alone, their tables as CSV, and the runs
// behind them. Drawn from a scene of its own, so it works without a window and without a display.
#pragma once

#include "ui/charts/axis_range.h"
#include "ui/charts/chart_source.h"
#include "ui/charts/export_notes.h"

#include <QByteArray>
#include <QSizeF>
#include <optional>
#include <vector>

namespace inferlab {

enum class ExportFormat { Svg, Pdf, Png, Csv };
QString formatSuffix(ExportFormat format); // "svg"

// A chart as it is to be drawn.
struct ExportedChart
{
    PlotSpec spec;
    QSet<QString> hidden;
    std::optional<AxisRange> x, y; // where it is zoomed in
    ChartTable table;
};

ExportedChart exportedChart(const ChartCard &card); // as it is on the screen
ExportedChart exportedChart(ChartSource &source, const ChartData &data, int view = 0);

inline constexpr QSizeF kPictureSize {960, 600}; // in points and pixels at 1x; PNG is drawn at 2x

// The bytes of a file. Provenance is inside: SVG <title> and <desc>, PNG text chunks, PDF title and
// creator, CSV comment lines. Throws std::runtime_error when the picture cannot be made.
QByteArray renderChart(const ExportedChart &chart, const ExportNotes &notes, ExportFormat format);

// All of them in one PDF, a page each; notes: one for each. At least one.
QByteArray renderPages(const std::vector<ExportedChart> &charts,
                       const std::vector<ExportNotes> &notes);

// Makes it and its parents where they are not there. Throws InputError: one line with why not.
void makeExportFolder(const QString &folder);

// Writes beside the file first and renames when all is on disk: there is never half a file.
// Throws InputError: one line with the path and why.
void writeWhole(const QString &path, const QByteArray &bytes);

// Every chart in every format (itl.svg, itl.csv, ...), the charts as pages of charts.pdf, the runs
// as runs.json (opens again in the program), and requests.csv and tokens.csv. Charts that are empty
// are left out. Makes the folder. Returns the paths written. Throws InputError at the first that
// cannot be written.
QStringList exportAll(const std::vector<ExportedChart> &charts, const ChartData &data,
                      const QString &folder);

} // namespace inferlab
