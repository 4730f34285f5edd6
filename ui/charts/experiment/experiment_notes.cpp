#include "ui/charts/experiment/experiment_notes.h"

#include <algorithm>

namespace inferlab {

void addNote(PlotSpec &spec, const QString &sentence)
{
    if (!spec.note.isEmpty())
        spec.note.prepend(QStringLiteral(" · "));
    spec.note.prepend(sentence);
}

void addSideBySideNote(PlotSpec &spec, const ExperimentFigures &figures)
{
    if (figures.groups.size() < 2)
        return;
    QStringList names;
    for (const QString &group : figures.groups)
        names << group;
    addNote(spec, QStringLiteral("Side by side: %1").arg(names.join(QStringLiteral(", "))));
}

void addDoubtNote(PlotSpec &spec, const ExperimentFigures &figures)
{
    size_t partial = 0;
    size_t skipped = 0;
    size_t failed = 0;
    size_t busy = 0;
    size_t runs = 0;
    for (const auto &point : figures.points) {
        partial += point->state == PointState::Partial || point->state == PointState::Waiting;
        skipped += point->state == PointState::Skipped;
        failed += point->state == PointState::Failed;
        busy += point->busyRuns;
        runs += point->runs;
    }
    if (partial > 0)
        addNote(spec,
                QStringLiteral("Partial: %1 of %2 points lack repeats")
                    .arg(partial)
                    .arg(figures.points.size()));
    if (skipped > 0)
        addNote(spec, QStringLiteral("%1 skipped").arg(skipped));
    if (failed > 0)
        addNote(spec, QStringLiteral("%1 failed").arg(failed));
    if (busy > 0)
        addNote(spec, QStringLiteral("machine busy in %1 of %2 runs").arg(busy).arg(runs));
}

void addIntervalNote(PlotSpec &spec, const std::vector<Estimate> &drawn)
{
    const auto any = [&drawn](IntervalMethod method) {
        return std::any_of(drawn.begin(), drawn.end(), [method](const Estimate &estimate) {
            return estimate.interval && estimate.method == method
                && estimate.interval->high > estimate.interval->low;
        });
    };
    const bool whole = any(IntervalMethod::WholeRuns);
    const bool range = any(IntervalMethod::RangeOfRuns);
    if (whole)
        addNote(spec,
                QStringLiteral("bars: 95% by whole runs (Woodruff)")
                    + (range ? QStringLiteral(", or the range of the runs where that has none")
                             : QString()));
    else if (range)
        addNote(spec, QStringLiteral("bars: the range of the runs"));
}

void addSamplesNote(PlotSpec &spec, const std::vector<int> &lacking)
{
    QStringList needs;
    for (const int percent : lacking)
        needs << QStringLiteral("P%1 needs %2").arg(percent).arg(samplesNeeded(percent));
    if (!needs.isEmpty())
        addNote(
            spec,
            QStringLiteral("hollow: too few samples (%1)").arg(needs.join(QStringLiteral(", "))));
}

QString estimateText(const Estimate &estimate, const QString &unit)
{
    QString text = valueText(estimate.value, unit);
    if (estimate.interval && estimate.interval->high > estimate.interval->low)
        text += QStringLiteral(" (%1 to %2)")
                    .arg(numberText(estimate.interval->low), numberText(estimate.interval->high));
    return text + QStringLiteral(", n = %1").arg(countText(static_cast<qint64>(estimate.n)));
}

QString estimateRemark(const Estimate &estimate)
{
    QStringList parts;
    if (estimate.interval)
        parts << (estimate.method == IntervalMethod::WholeRuns
                      ? QStringLiteral("95% over %1 runs").arg(estimate.runs)
                      : QStringLiteral("range of %1 runs").arg(estimate.runs));
    if (!estimate.claimed)
        parts << QStringLiteral("too few samples");
    return parts.join(QStringLiteral("; "));
}

QString busyText(const PointFigures &point)
{
    return point.busyRuns == 0
        ? QString()
        : QStringLiteral("machine busy in %1 of %2 runs").arg(point.busyRuns).arg(point.runs);
}

QString withDoubt(const QString &text, const PointFigures &point)
{
    const QString busy = busyText(point);
    return busy.isEmpty() ? text : text + QStringLiteral(", ") + busy;
}

} // namespace inferlab
