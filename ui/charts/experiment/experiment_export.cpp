#include "experiment_export.h"

#include "engine/measure/slo_presets.h"
#include "ui/charts/experiment/experiment_charts.h"
#include "ui/charts/experiment/experiment_figures.h"

#include <QDir>
#include <array>
#include <utility>

namespace inferlab {

namespace {

constexpr std::array kFormats {ExportFormat::Svg, ExportFormat::Pdf, ExportFormat::Png,
                               ExportFormat::Csv};

// What every run says of its origin, without what differs from run to run.
QStringList commonFacts(const ExperimentResult &result, const RunRecord &latest)
{
    const Provenance &from = latest.provenance;
    const auto text = [](const std::string &value) { return QString::fromStdString(value); };
    QStringList facts {QStringLiteral("experiment: %1").arg(text(result.experiment.name)),
                       QStringLiteral("begun: %1").arg(text(result.started)),
                       QStringLiteral("program: %1").arg(text(from.program)),
                       QStringLiteral("machine: %1").arg(text(from.machine))};
    std::vector<const RunRecord *> runs;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs) {
            runs.push_back(run.record.get());
            const Provenance &model = run.record->provenance;
            const QString fact = QStringLiteral("model: %1, %2, %3, %4")
                                     .arg(text(model.modelName), text(model.modelFile),
                                          text(model.quantisation), text(model.modelHash));
            if (!facts.contains(fact))
                facts << fact;
        }
    }
    return facts + commonSettingFacts(runs);
}

// "box-plot", "box-plot-throughput".
QString fileName(const QString &id, const QString &view, bool isFirst)
{
    QString slug = view.toLower();
    slug.replace(QLatin1Char(' '), QLatin1Char('-'));
    return isFirst ? id : id + QLatin1Char('-') + slug;
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

LatencyBudget usualLatencyBudget()
{
    const SloPreset &preset = sloPreset("translation");
    return {*preset.limits.endToEndMs, preset.percentile};
}

ExperimentExport::ExperimentExport(std::shared_ptr<const ExperimentResult> result,
                                   std::shared_ptr<const ExperimentOutlook> outlook,
                                   const QString &folder, ImportedSeriesPtr imported,
                                   const std::optional<LatencyBudget> &budget)
    : m_result(std::move(result))
    , m_outlook(std::move(outlook))
    , m_folder(folder)
    , m_imported(std::move(imported))
    , m_budget(budget)
{ }

void ExperimentExport::write(const QString &name, const QByteArray &bytes)
{
    const QString path = QDir(m_folder).filePath(name);
    writeWhole(path, bytes);
    m_written << path;
}

void ExperimentExport::prepare()
{
    makeExportFolder(QDir(m_folder).filePath(QStringLiteral("charts")));
    ChartData data;
    data.experiment = ExperimentFiguresCache().update(m_result, m_outlook, m_imported);
    data.latencyBudget = m_budget;
    m_notes = experimentNotes(*m_result);
    for (const QString &id : chartsFor(m_result->experiment)) {
        const auto source = makeExperimentChart(id);
        for (const int view : tellingViews(id)) {
            ExportedChart chart = exportedChart(*source, data, view);
            if (chart.spec.isEmpty())
                continue;
            m_names << fileName(id, chart.spec.view, view == 0);
            m_charts.push_back(std::move(chart));
        }
    }
}

// The last is all of them together.
size_t ExperimentExport::pictureCount() const
{
    return m_charts.empty() ? 0 : m_charts.size() * kFormats.size() + 1;
}

void ExperimentExport::drawPicture(size_t index)
{
    if (index == m_charts.size() * kFormats.size()) {
        write(QStringLiteral("charts.pdf"),
              renderPages(m_charts, std::vector<ExportNotes>(m_charts.size(), m_notes)));
        return;
    }
    const ExportedChart &chart = m_charts.at(index / kFormats.size());
    const QString &name = m_names[static_cast<qsizetype>(index / kFormats.size())];
    const ExportFormat format = kFormats[index % kFormats.size()];
    const QByteArray bytes = renderChart(chart, m_notes, format);
    write(QStringLiteral("charts/%1.%2").arg(name, formatSuffix(format)), bytes);
    if (format == ExportFormat::Svg)
        m_inReport.push_back({name, chart.spec.title, chart.spec.description, bytes});
}

void ExperimentExport::writeReport()
{
    write(
        QStringLiteral("report.html"),
        experimentReport(*m_result, m_inReport, m_outlook.get(), m_notes.subtitle, m_notes.facts));
}

QStringList exportExperiment(const std::shared_ptr<const ExperimentResult> &result,
                             const std::shared_ptr<const ExperimentOutlook> &outlook,
                             const QString &folder, const ImportedSeriesPtr &imported,
                             const std::optional<LatencyBudget> &budget)
{
    ExperimentExport whole(result, outlook, folder, imported, budget);
    whole.prepare();
    for (size_t i = 0; i < whole.pictureCount(); ++i)
        whole.drawPicture(i);
    whole.writeReport();
    return whole.files();
}

} // namespace inferlab
