#include "experiment_export.h"

#include "ui/charts/chart_export.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"
#include "ui/charts/experiment/experiment_report.h"

#include <QDir>
#include <array>

namespace inferlab {

namespace {

constexpr std::array kFormats {ExportFormat::Svg, ExportFormat::Png, ExportFormat::Csv};

// What every run says of its origin, without what differs from run to run.
QStringList commonFacts(const ExperimentResult &result, const RunRecord &latest)
{
    const Provenance &from = latest.provenance;
    const auto text = [](const std::string &value) { return QString::fromStdString(value); };
    QStringList facts {QStringLiteral("experiment: %1").arg(text(result.experiment.name)),
                       QStringLiteral("begun: %1").arg(text(result.started)),
                       QStringLiteral("program: %1").arg(text(from.program)),
                       QStringLiteral("machine: %1").arg(text(from.machine)),
                       QStringLiteral("seed: %1").arg(result.experiment.seed)};
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            const Provenance &model = run.record->provenance;
            const QString fact = QStringLiteral("model: %1, %2, %3, %4")
                                     .arg(text(model.modelName), text(model.modelFile),
                                          text(model.quantisation), text(model.modelHash));
            if (!facts.contains(fact))
                facts << fact;
        }
    }
    return facts;
}

} // namespace

ExportNotes experimentNotes(const ExperimentResult &result)
{
    ChartData data;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            data.earlier.push_back(run.record);
    }
    ExportNotes notes = exportNotes(data, {});
    if (!data.earlier.empty())
        notes.facts = commonFacts(result, *data.earlier.back());
    return notes;
}

QStringList exportExperiment(const std::shared_ptr<const ExperimentResult> &result,
                             const std::shared_ptr<const ExperimentOutlook> &outlook,
                             const QString &folder)
{
    const QDir dir(folder);
    makeExportFolder(dir.filePath(QStringLiteral("charts")));
    QStringList written;
    const auto write = [&](const QString &name, const QByteArray &bytes) {
        writeWhole(dir.filePath(name), bytes);
        written << dir.filePath(name);
    };
    ChartData data;
    data.experiment = ExperimentFiguresCache().update(result, outlook);
    const ExportNotes notes = experimentNotes(*result);
    std::vector<ReportChart> charts;
    for (const QString &id : chartsFor(result->experiment)) {
        const auto source = makeExperimentChart(id);
        const ExportedChart chart = exportedChart(*source, data);
        if (chart.spec.isEmpty())
            continue;
        for (const ExportFormat format : kFormats) {
            const QByteArray bytes = renderChart(chart, notes, format);
            write(QStringLiteral("charts/%1.%2").arg(id, formatSuffix(format)), bytes);
            if (format == ExportFormat::Svg)
                charts.push_back({id, chart.spec.title, chart.spec.description, bytes});
        }
    }
    write(QStringLiteral("report.html"),
          experimentReport(*result, charts, outlook.get(), notes.subtitle, notes.facts));
    return written;
}

} // namespace inferlab
