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
// The axis along x, fixed by what is planned, so that it keeps still while points come in: the
// first one, or one of numbers.
void setExperimentX(PlotSpec &spec, const ExperimentFigures &figures);
void setNumbersX(PlotSpec &spec, const ExperimentAxis &axis);
// The same range of any numbers, in any order.
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

// Of bars that stand side by side where there are several groups: whose it is, before what it says.
QString barText(const ExperimentFigures &figures, size_t group, const QString &text);

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

} // namespace inferlab
