#include "advice_table.h"

#include "engine/measure/percentile.h"
#include "engine/measure/slo_words.h"
#include "ui/charts/plot_spec.h"

#include <QHeaderView>
#include <QSignalBlocker>
#include <algorithm>

namespace inferlab {

namespace {

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

// "passes, the last"
QString verdictCell(const Advice &advice, size_t point)
{
    const PointVerdict verdict = advice.points[point].verdict;
    const QString words = verdict == PointVerdict::Passes ? QObject::tr("passes")
        : verdict == PointVerdict::Fails                  ? QObject::tr("fails")
                                                          : QObject::tr("not enough data");
    if (advice.best == point)
        return words + QObject::tr(", the best");
    for (const LoadLimit &limit : advice.loadLimits) {
        if (limit.lastPass == point)
            return words + QObject::tr(", the last");
        if (limit.firstFail == point)
            return words + QObject::tr(", the first");
    }
    return words;
}

// "640", with a mark where it breaks its limit and another where n does not claim it.
QString checkCell(const PointAdvice &advice, LatencyFigure figure,
                  const std::vector<double> &sample, double percent)
{
    const std::optional<double> found = percentile(sample, percent);
    if (!found)
        return QStringLiteral("-");
    const bool breaks =
        std::any_of(advice.checks.begin(), advice.checks.end(), [figure](const LimitCheck &check) {
            return check.figure == figure && !check.passes();
        });
    return numberText(*found) + (breaks ? QStringLiteral(" ✕") : QString())
        + (sample.size() < samplesNeeded(percent) ? QStringLiteral(" *") : QString());
}

QStringList rowOf(const MeasuredPoint &point, const SloOutcome &outcome, const Advice &advice,
                  size_t index, double percent)
{
    const PointAdvice &checks = advice.points[index];
    return {text(point.label),
            verdictCell(advice, index),
            text(attainmentText(outcome)),
            text(goodputText(outcome)),
            text(missedText(outcome)),
            point.tokPerSecond ? numberText(*point.tokPerSecond) : QStringLiteral("-"),
            checkCell(checks, LatencyFigure::Ttft, point.ttftMs, percent),
            checkCell(checks, LatencyFigure::Tpot, point.tpotMs, percent),
            checkCell(checks, LatencyFigure::Itl, point.itlMs, percent),
            checkCell(checks, LatencyFigure::EndToEnd, point.endToEndMs, percent)};
}

} // namespace

AdviceTable::AdviceTable(QWidget *parent)
    : QTableWidget(parent)
{
    setAccessibleName(tr("Points under the limits"));
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    verticalHeader()->hide();
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    setToolTip(tr("✕ breaks its limit; * fewer samples than this percentile needs. Kept: the share "
                  "of requests that kept every limit, every gap within that on ITL, with its 95% "
                  "interval as if requests were independent; those of one batch are not."));
}

void AdviceTable::fill(const std::vector<MeasuredPoint> &points,
                       const std::vector<SloSample> &samples, const Advice &advice,
                       const SloTargets &limits, double percentile)
{
    const QString at = QStringLiteral("P%1").arg(percentile);
    const QStringList columns {tr("point"),
                               tr("under the limits"),
                               tr("kept the limits, % (95%)"),
                               tr("goodput, requests/s"),
                               tr("missed most"),
                               tr("tok/s total"),
                               tr("TTFT %1, ms").arg(at),
                               tr("TPOT %1, ms").arg(at),
                               tr("ITL %1, ms").arg(at),
                               tr("total %1, ms").arg(at)};
    const QSignalBlocker quiet(this);
    setColumnCount(static_cast<int>(columns.size()));
    setHorizontalHeaderLabels(columns);
    setRowCount(static_cast<int>(points.size()));
    for (size_t i = 0; i < points.size(); ++i) {
        const QStringList cells =
            rowOf(points[i], sloOutcome(samples[i], limits), advice, i, percentile);
        for (int column = 0; column < cells.size(); ++column) {
            auto *item = new QTableWidgetItem(cells[column]);
            const bool isNumber = column >= Kept && column != Missed;
            item->setTextAlignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            QFont font = item->font();
            font.setBold(advice.best == i);
            item->setFont(font);
            setItem(static_cast<int>(i), column, item);
        }
    }
}

} // namespace inferlab
