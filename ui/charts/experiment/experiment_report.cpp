#include "experiment_report.h"

#include "app/experiment/experiment_json.h"
#include "app/experiment/point_summary.h"
#include "app/experiment/progress_words.h"
#include "engine/base/number_text.h"
#include "report_advice.h"
#include "report_html.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QRegularExpression>

namespace inferlab {

namespace {

constexpr auto kStyle = R"(
body { font: 15px/1.5 "Open Sans", "Noto Sans", Helvetica, Arial, sans-serif; color: #1c1c1c;
  background: #fff; max-width: 1000px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 22px; margin-bottom: 4px; } h2 { font-size: 16px; margin-top: 28px; }
.muted { color: #5c5c5c; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
.facts td { text-align: left; } figure { margin: 16px 0; page-break-inside: avoid; }
svg { width: 100%; height: auto; border: 1px solid #e4e4e4; }
figcaption { font-size: 13px; color: #5c5c5c; }
pre { font-size: 12px; white-space: pre-wrap; background: #f6f6f6; padding: 12px; }
)";

// Ids of one picture must not be those of another: all of them share one document.
QString inlined(const ReportChart &chart)
{
    QString svg = QString::fromUtf8(chart.svg);
    svg.remove(0, std::max<qsizetype>(svg.indexOf(QLatin1String("<svg")), 0));
    static const QRegularExpression id(QStringLiteral("\\bid=\"([^\"]+)\""));
    static const QRegularExpression url(QStringLiteral("url\\(#([^)]+)\\)"));
    svg.replace(id, QStringLiteral("id=\"%1-\\1\"").arg(chart.id));
    svg.replace(url, QStringLiteral("url(#%1-\\1)").arg(chart.id));
    return svg;
}

QString ms(const std::optional<SampleSummary> &sample, double SampleSummary::*value, double percent)
{
    if (!sample)
        return QStringLiteral("-");
    const double number = (*sample).*value;
    return QString::fromStdString(fixedText(number, decimalsFor(number, 3)))
        + (sample->claims(percent) ? QString() : QStringLiteral("*"));
}

QString rate(const PointSummary &summary)
{
    if (!summary.runTokPerSecond)
        return QStringLiteral("-");
    QString text = QString::fromStdString(rateText(summary.runTokPerSecond->p50));
    if (const auto &interval = summary.tokPerSecond95)
        text += QStringLiteral(" (%1 to %2)")
                    .arg(QString::fromStdString(rateText(interval->low)),
                         QString::fromStdString(rateText(interval->high)));
    return text;
}

QString pointTable(const ExperimentResult &result)
{
    QString out = QStringLiteral("<div class=\"scroll\"><table>\n")
        + tableRow({QStringLiteral("Point"), QStringLiteral("State"), QStringLiteral("Runs"),
                    QStringLiteral("tok/s total (95%)"), QStringLiteral("TTFT P50, ms"),
                    QStringLiteral("TTFT P90, ms"), QStringLiteral("ITL P50, ms"),
                    QStringLiteral("ITL P90, ms"), QStringLiteral("Total P50, ms"),
                    QStringLiteral("Total P90, ms")},
                   "th");
    for (const PointResult &point : result.points) {
        const PointSummary summary = summarisePoint(point);
        QStringList cells {escaped(point.point.label), QLatin1String(pointStateName(point.state)),
                           QString::number(summary.runs), rate(summary)};
        for (const auto *sample : {&summary.ttftMs, &summary.itlMs, &summary.endToEndMs})
            cells << ms(*sample, &SampleSummary::p50, 50) << ms(*sample, &SampleSummary::p90, 90);
        out += tableRow(cells);
    }
    return out
        + QStringLiteral("</table></div>\n<p class=\"muted\">* fewer samples than that percentile "
                         "needs to be claimed. Percentiles are pooled over all requests of a "
                         "point's runs; tok/s is the median of its runs.</p>\n");
}

QString sentences(const ExperimentResult &result, const ExperimentOutlook *outlook)
{
    QString out = QStringLiteral("<ul>\n");
    for (const std::string &sentence : experimentFindings(result, outlook))
        out += QStringLiteral("<li>%1</li>\n").arg(escaped(sentence));
    return out + QStringLiteral("</ul>\n");
}

QString figures(const std::vector<ReportChart> &charts)
{
    QString out;
    for (const ReportChart &chart : charts)
        out += QStringLiteral("<figure aria-label=\"%1\">\n%2\n<figcaption>%3</figcaption>"
                              "</figure>\n")
                   .arg(chart.title.toHtmlEscaped(), inlined(chart),
                        chart.description.toHtmlEscaped());
    return out;
}

// Each fact is "name: value"; the same one of several runs is said once.
QString factTable(QStringList facts)
{
    facts.removeDuplicates();
    QString out = QStringLiteral("<table class=\"facts\">\n");
    for (const QString &fact : facts) {
        const qsizetype colon = fact.indexOf(QLatin1String(": "));
        out += tableRow({fact.left(colon).toHtmlEscaped(), fact.mid(colon + 2).toHtmlEscaped()});
    }
    return out + QStringLiteral("</table>\n");
}

} // namespace

QByteArray experimentReport(const ExperimentResult &result, const std::vector<ReportChart> &charts,
                            const ExperimentOutlook *outlook, const QString &subtitle,
                            const QStringList &facts)
{
    const Experiment &experiment = result.experiment;
    const QString name = escaped(experiment.name);
    QString out = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                 "<meta charset=\"utf-8\">\n<title>InferLab experiment: %1</title>"
                                 "\n<style>%2</style>\n</head>\n<body>\n")
                      .arg(name, QLatin1String(kStyle));
    out += QStringLiteral("<h1>%1</h1>\n<p>%2</p>\n<p class=\"muted\">%3<br>%4, begun %5</p>\n")
               .arg(name, escaped(experiment.question), subtitle.toHtmlEscaped(),
                    escaped(endLine(result)), escaped(result.started));
    if (!experiment.note.empty())
        out += QStringLiteral("<p><strong>%1.</strong></p>\n").arg(escaped(experiment.note));
    out += QStringLiteral("<h2>What it showed</h2>\n") + sentences(result, outlook);
    out += QStringLiteral("<h2>Charts</h2>\n") + figures(charts);
    out += reportAdvice(result, outlook) + reportPrediction(result, outlook);
    out += QStringLiteral("<h2>Points</h2>\n") + pointTable(result);
    out += QStringLiteral("<h2>Where it comes from</h2>\n") + factTable(facts);
    out += QStringLiteral("<h2>Settings</h2>\n<p class=\"muted\">This plan, saved as a file, opens "
                          "again in InferLab.</p>\n<pre>%1</pre>\n")
               .arg(escaped(jsonText(experimentToJson(experiment), 1)));
    return (out + QStringLiteral("</body>\n</html>\n")).toUtf8();
}

} // namespace inferlab
