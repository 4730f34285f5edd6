// Small experiments as plots and pictures: what the tests of an experiment's charts begin with.
#pragma once

#include "support/synthetic_experiment.h"

#include "app/experiment/experiment_presets.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QImage>
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

namespace inferlab {

inline Experiment small(const char *preset, int repeats = 3)
{
    Experiment experiment = experimentPreset(preset);
    experiment.repeats = repeats;
    experiment.held.run.maxNewTokens = 12;
    return experiment;
}

inline ChartData dataOf(const std::shared_ptr<const ExperimentResult> &result,
                        const std::shared_ptr<const ExperimentOutlook> &outlook = {})
{
    ChartData data;
    data.experiment = ExperimentFiguresCache().update(result, outlook);
    return data;
}

inline PlotSpec plotOf(const QString &id, const ChartData &data, int view = 0)
{
    return makeExperimentChart(id)->plot(data, view);
}

inline const PlotSeries *seriesNamed(const PlotSpec &spec, const QString &name)
{
    const auto found = std::find_if(spec.series.begin(), spec.series.end(),
                                    [&name](const PlotSeries &s) { return s.name == name; });
    return found == spec.series.end() ? nullptr : &*found;
}

inline void eachNumber(const PlotSpec &spec, const std::function<void(double)> &check)
{
    for (const PlotSeries &series : spec.series) {
        for (const PlotCurve &curve : series.curves) {
            for (const QPointF &point : curve.points) {
                check(point.x());
                check(point.y());
            }
            for (const PlotInterval &interval : curve.intervals) {
                check(interval.low);
                check(interval.high);
            }
            for (const double shade : curve.shades)
                check(shade);
        }
    }
    for (const PlotAxis *axis : {&spec.x, &spec.y}) {
        check(axis->min);
        check(axis->max);
    }
    for (const EndLabel &label : spec.endLabels)
        check(label.y);
}

inline QImage pictureOf(const QString &id, const ChartData &data, int view = 0)
{
    auto source = makeExperimentChart(id);
    const QByteArray bytes =
        renderChart(exportedChart(*source, data, view), ExportNotes(), ExportFormat::Png);
    return QImage::fromData(bytes, "png");
}

inline int inkOf(const QImage &image, const QColor &color)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            count += std::abs(pixel.red() - color.red()) + std::abs(pixel.green() - color.green())
                    + std::abs(pixel.blue() - color.blue())
                < 24;
        }
    }
    return count;
}

} // namespace inferlab
