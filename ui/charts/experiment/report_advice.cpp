#include "report_advice.h"

#include "app/experiment/measured_points.h"
#include "engine/measure/capacity.h"
#include "engine/measure/percentile.h"
#include "report_html.h"
#include "ui/charts/plot_spec.h"

namespace inferlab {

namespace {

constexpr uint64_t kGibibyte = uint64_t {1} << 30;

// "TTFT 500 ms, TPOT 100 ms at P90"
QString limitsText(const SloPreset &preset)
{
    QStringList parts;
    const auto add = [&parts](const char *name, const std::optional<double> &ms) {
        if (ms)
            parts << QStringLiteral("%1 %2 ms").arg(QLatin1String(name), countText(qint64(*ms)));
    };
    add("TTFT", preset.limits.ttftMs);
    add("TPOT", preset.limits.tpotMs);
    add("ITL", preset.limits.itlMs);
    add("total", preset.limits.endToEndMs);
    return QStringLiteral("%1 at P%2").arg(parts.join(QStringLiteral(", "))).arg(preset.percentile);
}

// A user as long as the longest request that was measured.
QString usersText(const ExperimentResult &result, const ModelCost &cost)
{
    QString out;
    for (const uint64_t gib : {4, 16, 80}) {
        CapacityQuestion question;
        question.memoryBytes = gib * kGibibyte;
        question.weightBytes = static_cast<uint64_t>(cost.weightBytes);
        question.kvBytesPerToken =
            static_cast<uint64_t>(cost.kvBytesPerToken(result.experiment.held.run.cacheType));
        question.contextTokens = static_cast<uint64_t>(longestRequestTokens(result));
        if (const auto capacity = capacityOf(question))
            out += QStringLiteral("<li>%1</li>\n").arg(escaped(capacity->sentence));
    }
    return out.isEmpty() ? out : QStringLiteral("<ul>\n%1</ul>\n").arg(out);
}

QString number(const std::optional<double> &value)
{
    return value ? numberText(*value) : QStringLiteral("-");
}

std::optional<double> median(const std::optional<SampleSummary> &sample)
{
    return sample ? std::optional(sample->p50) : std::nullopt;
}

} // namespace

QString reportAdvice(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    const std::vector<MeasuredPoint> points = measuredPoints(result);
    if (points.empty())
        return {};
    QString out = QStringLiteral("<h2>Which configuration to take</h2>\n<div class=\"scroll\">"
                                 "<table class=\"facts\">\n")
        + tableRow({QStringLiteral("Application"), QStringLiteral("Limits"),
                    QStringLiteral("Advice")},
                   "th");
    for (const SloPreset &preset : sloPresets())
        out += tableRow(
            {escaped(preset.title), limitsText(preset),
             escaped(advise(points, preset.limits, preset.percentile, preset.goal).sentence)});
    out += QStringLiteral("</table></div>\n");
    if (outlook != nullptr && outlook->cost)
        out += usersText(result, *outlook->cost);
    return out;
}

QString reportPrediction(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    if (outlook == nullptr)
        return {};
    QString rows;
    for (size_t i = 0; i < outlook->points.size(); ++i) {
        const PredictedPoint &predicted = outlook->points[i];
        if (!predicted.metrics || result.points[i].runs.empty())
            continue;
        const MeasuredPoint measured = measuredPoint(result.points[i]);
        rows += tableRow(
            {escaped(result.points[i].point.label), number(predicted.metrics->outputTokPerSecond),
             number(measured.tokPerSecond), number(median(predicted.metrics->ttft)),
             number(percentile(measured.ttftMs, 50)), number(median(predicted.metrics->itl)),
             number(percentile(measured.itlMs, 50)),
             predicted.verdict ? escaped(runLimitName(predicted.verdict->limit)) : QString()});
    }
    if (rows.isEmpty())
        return {};
    return QStringLiteral("<h2>Prediction and measurement</h2>\n<div class=\"scroll\"><table>\n")
        + tableRow({QStringLiteral("Point"), QStringLiteral("tok/s predicted"),
                    QStringLiteral("measured"), QStringLiteral("TTFT P50 predicted, ms"),
                    QStringLiteral("measured"), QStringLiteral("ITL P50 predicted, ms"),
                    QStringLiteral("measured"), QStringLiteral("Limited by")},
                   "th")
        + rows + QStringLiteral("</table></div>\n");
}

} // namespace inferlab
