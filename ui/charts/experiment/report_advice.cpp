#include "report_advice.h"

#include "app/experiment/capacity_models.h"
#include "app/experiment/measured_points.h"
#include "engine/measure/capacity.h"
#include "engine/measure/percentile.h"
#include "engine/measure/slo_words.h"
#include "report_html.h"
#include "ui/charts/plot_spec.h"

#include <algorithm>

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
QString usersText(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    QString out;
    for (const CapacityModel &model : capacityModels(result, outlook)) {
        const QString whose =
            model.name.empty() ? QString() : escaped(model.name) + QStringLiteral(": ");
        for (const uint64_t gib : {4, 16, 80}) {
            CapacityQuestion question;
            question.memoryBytes = gib * kGibibyte;
            question.weightBytes = model.weightBytes;
            question.kvBytesPerToken = model.kvBytesPerToken;
            question.contextTokens = static_cast<uint64_t>(longestRequestTokens(result));
            if (const auto capacity = capacityOf(question))
                out += QStringLiteral("<li>%1%2</li>\n").arg(whose, escaped(capacity->sentence));
        }
    }
    return out.isEmpty() ? out : QStringLiteral("<ul>\n%1</ul>\n").arg(out);
}

QString number(const std::optional<double> &value)
{
    return value ? numberText(*value) : QStringLiteral("-");
}

// The point that is told of: the best, else the one of which most requests kept the limits.
size_t tellingPoint(const Advice &advice, const std::vector<SloOutcome> &outcomes)
{
    if (advice.best)
        return *advice.best;
    const auto most = std::max_element(
        outcomes.begin(), outcomes.end(), [](const SloOutcome &a, const SloOutcome &b) {
            return a.attainment.value_or(0) < b.attainment.value_or(0);
        });
    return static_cast<size_t>(most - outcomes.begin());
}

QString presetRow(const std::vector<MeasuredPoint> &points, const std::vector<SloSample> &samples,
                  const SloPreset &preset)
{
    const Advice advice = advise(points, preset.limits, preset.percentile, preset.goal);
    std::vector<SloOutcome> outcomes;
    for (const SloSample &sample : samples)
        outcomes.push_back(sloOutcome(sample, preset.limits));
    const size_t told = tellingPoint(advice, outcomes);
    return tableRow({escaped(preset.title), limitsText(preset), escaped(advice.sentence),
                     escaped(points[told].label), escaped(attainmentText(outcomes[told])),
                     escaped(goodputText(outcomes[told])), escaped(missedText(outcomes[told]))});
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
                    QStringLiteral("Advice"), QStringLiteral("Requests of"),
                    QStringLiteral("kept the limits, % (95%)"),
                    QStringLiteral("Goodput, requests/s"), QStringLiteral("Missed most")},
                   "th");
    std::vector<SloSample> samples;
    for (const PointResult &point : result.points) {
        if (!point.runs.empty())
            samples.push_back(sloSample(point));
    }
    for (const SloPreset &preset : sloPresets())
        out += presetRow(points, samples, preset);
    out +=
        QStringLiteral("</table></div>\n<p class=\"muted\">95%: as if requests were independent; "
                       "those of one batch are not.</p>\n");
    return out + usersText(result, outlook);
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
             number(measured.tokPerSecond), number(medianOf(predicted.metrics->ttft)),
             number(percentile(measured.ttftMs, 50)), number(medianOf(predicted.metrics->itl)),
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
