#include "ui/charts/experiment/experiment_data.h"

#include "app/exchange/exchange.h"
#include "app/experiment/experiment_csv.h"
#include "app/experiment/experiment_json.h"
#include "engine/base/error.h"
#include "ui/charts/chart_export.h"

#include <QDir>
#include <algorithm>

namespace inferlab {

namespace {

// The notebook's table has a line for each batch size and nothing else.
bool isNotebooks(const Experiment &experiment)
{
    return std::all_of(experiment.axes.begin(), experiment.axes.end(),
                       [](const ExperimentAxis &axis) { return axis.kind == AxisKind::Batch; });
}

std::vector<RunRecord> recordsOf(const ExperimentResult &result)
{
    std::vector<RunRecord> records;
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            records.push_back(*run.record);
    }
    return records;
}

} // namespace

QStringList exportExperimentData(const ExperimentResult &result, const ExperimentOutlook *outlook,
                                 const QString &folder, const std::atomic<bool> *stop)
{
    const QDir dir(folder);
    QStringList written;
    const auto write = [&](const QString &name, const std::string &text) {
        throwIfStopped(stop);
        writeWhole(dir.filePath(name), QByteArray::fromStdString(text));
        written << dir.filePath(name);
    };
    write(QStringLiteral("experiment.json"),
          jsonText(experimentToJson(result.experiment), 1) + "\n");
    write(QStringLiteral("runs.csv"), experimentRunsToCsv(result));
    write(QStringLiteral("points.csv"), experimentPointsToCsv(result, outlook));
    write(QStringLiteral("requests.csv"), experimentRequestsToCsv(result));
    const std::vector<RunRecord> records = recordsOf(result);
    write(QStringLiteral("runs.json"), writeRuns(records, ExchangeFormat::InferLab));
    write(QStringLiteral("profile_export.jsonl"), writeRuns(records, ExchangeFormat::Aiperf));
    if (isNotebooks(result.experiment))
        write(QStringLiteral("course-notebook.csv"), writeRuns(records, ExchangeFormat::Notebook));
    makeExportFolder(dir.filePath(QStringLiteral("vllm")));
    for (const PointResult &point : result.points) {
        for (const MeasuredRun &run : point.runs)
            write(QStringLiteral("vllm/point-%1-run-%2.json")
                      .arg(point.point.index + 1, 3, 10, QLatin1Char('0'))
                      .arg(run.repeat + 1, 3, 10, QLatin1Char('0')),
                  writeRuns({*run.record}, ExchangeFormat::Vllm));
    }
    return written;
}

} // namespace inferlab
