#include "ui/charts/experiment/percentile_curves.h"

#include "ui/charts/experiment/experiment_notes.h"

#include <algorithm>

namespace inferlab {

namespace {

QString percentName(int percent)
{
    return QStringLiteral("P%1").arg(percent);
}

// At the end of a curve: its name and last value. A name that is a number needs a colon behind it.
void addEndLabel(PlotSpec &spec, const PlotSeries &series, const QString &name)
{
    if (series.isEmpty())
        return;
    const PlotCurve &curve = series.curves.front();
    EndLabel label;
    label.y = curve.points.back().y();
    label.text = name + QLatin1Char(' ') + numberText(label.y);
    label.keys = series.keys;
    label.meaning = series.meaning;
    label.weak = !curve.weak.empty() && curve.weak.back();
    spec.endLabels.push_back(label);
}

// One percentile of one group.
struct DrawnCurve
{
    CurveLook look;
    PlotSeries series;
    std::vector<Estimate> estimates; // of its points
};

DrawnCurve drawnCurve(const ExperimentFigures &figures, const PercentileCurves &curves,
                      size_t group, size_t at, int percent)
{
    const bool grouped = figures.groups.size() > 1;
    DrawnCurve out;
    CurveLook &look = out.look;
    look.name = grouped ? figures.groups[group] : percentName(percent);
    look.key = QStringLiteral("%1-%2").arg(group).arg(percent);
    look.meaning = curves.meaning;
    look.age = static_cast<int>(group);
    look.marker = markerOfAge(static_cast<int>(grouped ? group : at));
    look.width = grouped ? 2.0 : 2.4 - 0.5 * static_cast<double>(at);
    look.unit = curves.unit;
    out.series = curveOverX(figures, group, look, [&](const PointFigures &point) {
        const auto estimate = estimateOf(point.*curves.sample, percent, curves.scale);
        if (estimate)
            out.estimates.push_back(*estimate);
        return estimate;
    });
    return out;
}

void addRows(PlotSpec &spec, const DrawnCurve &drawn, int percent)
{
    const PlotCurve &curve = drawn.series.curves.front();
    for (size_t i = 0; i < curve.points.size(); ++i) {
        const bool known = drawn.estimates[i].interval.has_value();
        spec.table.rows.push_back({curve.names[static_cast<qsizetype>(i)], percentName(percent),
                                   plainNumber(curve.points[i].y()),
                                   known ? plainNumber(curve.intervals[i].low) : QString(),
                                   known ? plainNumber(curve.intervals[i].high) : QString(),
                                   estimateRemark(drawn.estimates[i])});
    }
}

// A word beside points at which the machine did something else as well.
void markBusy(PlotSpec &spec, const ExperimentFigures &figures, const PlotSeries &series)
{
    const PlotCurve &curve = series.curves.front();
    for (size_t i = 0; i < curve.points.size(); ++i) {
        if (figures.points[static_cast<size_t>(curve.runs[i].point)]->busyRuns == 0)
            continue;
        PointLabel label;
        label.at = curve.points[i];
        label.text = QStringLiteral("busy");
        label.keys = series.keys;
        label.muted = true;
        spec.pointLabels.push_back(label);
    }
}

bool isLacking(const std::vector<Estimate> &estimates)
{
    return std::any_of(estimates.begin(), estimates.end(),
                       [](const Estimate &estimate) { return !estimate.claimed; });
}

} // namespace

void setPercentileColumns(PlotSpec &spec, const QString &quantity)
{
    const QString &unit = spec.y.unit;
    spec.table.columns = {QStringLiteral("Point"),
                          QStringLiteral("Percentile"),
                          QStringLiteral("%1, %2").arg(quantity, unit),
                          QStringLiteral("Interval from, %1").arg(unit),
                          QStringLiteral("to, %1").arg(unit),
                          QStringLiteral("Remark")};
}

void addPercentileCurves(PlotSpec &spec, const ExperimentFigures &figures,
                         const PercentileCurves &curves)
{
    const bool grouped = figures.groups.size() > 1;
    const std::vector<int> percents =
        grouped ? std::vector<int> {curves.percents.front()} : curves.percents;
    std::vector<Estimate> all;
    std::vector<int> lacking;
    spec.description = spec.title + QLatin1Char('.');
    for (size_t group = 0; group < figures.groups.size(); ++group) {
        for (size_t p = 0; p < percents.size(); ++p) {
            DrawnCurve drawn = drawnCurve(figures, curves, group, p, percents[p]);
            if (drawn.series.isEmpty())
                continue;
            addCurveLegend(spec, drawn.look,
                           grouped ? figures.groups[group] : percentName(percents[p]),
                           grouped ? figures.groupBriefs[group] : QString());
            addEndLabel(spec, drawn.series,
                        grouped ? figures.groupBriefs[group] + QLatin1Char(':')
                                : percentName(percents[p]));
            addRows(spec, drawn, percents[p]);
            if (p == 0)
                markBusy(spec, figures, drawn.series);
            if (isLacking(drawn.estimates)
                && std::find(lacking.begin(), lacking.end(), percents[p]) == lacking.end())
                lacking.push_back(percents[p]);
            const PlotCurve &curve = drawn.series.curves.front();
            if (p == 0)
                spec.description +=
                    QStringLiteral(" %1 goes from %2 at %3 to %4 at %5.")
                        .arg(drawn.look.name, valueText(curve.points.front().y(), drawn.look.unit),
                             curve.names.front(),
                             valueText(curve.points.back().y(), drawn.look.unit),
                             curve.names.back());
            all.insert(all.end(), drawn.estimates.begin(), drawn.estimates.end());
            spec.series.push_back(std::move(drawn.series));
        }
    }
    if (!all.empty())
        spec.sample =
            QStringLiteral("n from %1 a point")
                .arg(countText(static_cast<qint64>(
                    std::min_element(all.begin(), all.end(),
                                     [](const Estimate &a, const Estimate &b) { return a.n < b.n; })
                        ->n)));
    addIntervalNote(spec, all);
    addSamplesNote(spec, lacking);
    addDoubtNote(spec, figures);
}

} // namespace inferlab
