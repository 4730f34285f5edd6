// What charts of an experiment have in common: the axis along x, a curve of one figure over it, and
// the honest words where there is too little to draw.
#pragma once

#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/plot_spec.h"

#include <functional>
#include <optional>

namespace inferlab {

using FigureOfPoint = std::function<std::optional<Estimate>(const PointFigures &)>;

// Id, title, axis along x, range key, and the empty text; `what` begins it: "Throughput".
PlotSpec experimentPlot(const QString &id, const QString &title, const QString &what,
                        const ChartData &data);
// The axis along x, fixed by what is planned, so that it keeps still while points come in.
void setExperimentX(PlotSpec &spec, const ExperimentFigures &figures);
// The same of any numbers, in any order.
void setNumericX(PlotSpec &spec, std::vector<double> values);
// x are names beside each other, whatever the axis is.
void setCategoriesX(PlotSpec &spec, const ExperimentFigures &figures);

// One curve over x: of one group, with error bars and hollow marks where n does not claim it.
struct CurveLook
{
    QString name; // "P50"
    QString key;  // of its legend entry
    Meaning meaning = Meaning::Decode;
    int age = 0;
    MarkerShape marker = MarkerShape::Circle;
    double width = 2.0;
    QString unit;
};
PlotSeries curveOverX(const ExperimentFigures &figures, size_t group, const CurveLook &look,
                      const FigureOfPoint &figure);
// Its entry in the legend. brief: where there is no room for the text; empty: the same.
void addCurveLegend(PlotSpec &spec, const CurveLook &look, const QString &text,
                    const QString &brief = {});

// The same figure at P50, P90 and P99, or at one of them for every group where there are several;
// with legend, end labels and table. sample: of a point, sorted. scale: of what is drawn, per ms.
struct PercentileCurves
{
    std::function<const std::vector<double> &(const PointFigures &)> sample;
    Meaning meaning = Meaning::Decode;
    double scale = 1.0;
    QString unit;
    std::vector<int> percents {50, 90, 99};
};
// The table of those curves; the unit is that of y. quantity: "TTFT".
void setPercentileColumns(PlotSpec &spec, const QString &quantity);
void addPercentileCurves(PlotSpec &spec, const ExperimentFigures &figures,
                         const PercentileCurves &curves);

// Adds to the note that some points lack repeats, were skipped or failed.
void addPartialNote(PlotSpec &spec, const ExperimentFigures &figures);
// Before the others: what is said of all charts alike comes last, where a narrow one is cut.
void addNote(PlotSpec &spec, const QString &sentence);

// Of bars that stand side by side where there are several groups: whose it is, before what it says;
// and the note that names them.
QString barText(const ExperimentFigures &figures, size_t group, const QString &text);
void addSideBySideNote(PlotSpec &spec, const ExperimentFigures &figures);

// The views of a chart that shows one of several quantities, each with a `view`.
template <typename Quantities>
QStringList viewNames(const Quantities &quantities)
{
    QStringList names;
    for (const auto &quantity : quantities)
        names << QLatin1String(quantity.view);
    return names;
}

QString pointName(const ExperimentFigures &figures, size_t point); // "batch 8"
// "42.1 tok/s total (40.2 to 43.0), n = 10".
QString estimateText(const Estimate &estimate, double scale, const QString &unit);

} // namespace inferlab
