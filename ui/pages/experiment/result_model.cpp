#include "result_model.h"

#include "app/experiment/experiment_folder.h"
#include "app/experiment/progress_words.h"

#include <QDateTime>
#include <QFileInfo>
#include <QObject>
#include <algorithm>

namespace inferlab {

namespace {

QString text(const std::string &words)
{
    return QString::fromStdString(words);
}

QString planWords(const Experiment &measured, const Experiment &plan)
{
    if (isSamePlan(measured, plan))
        return {};
    Experiment onSameDevice = measured;
    onSameDevice.held.run.device = plan.held.run.device;
    onSameDevice.held.run.threads = plan.held.run.threads;
    return isSamePlan(onSameDevice, plan)
        ? QObject::tr("measured on %1").arg(text(deviceWords(measured)))
        : QObject::tr("of an earlier version of this plan");
}

QString modelWords(const ResultSummary &result, const ModelFile &model)
{
    if (namesAllModels(result.experiment))
        return {};
    const QString name = QFileInfo(model.path).fileName();
    const bool hasName = !result.modelFile.empty();
    if (hasName && text(result.modelFile) != name)
        return QObject::tr("measured on another model, %1").arg(text(result.modelFile));
    if (!model.hash.empty() && !result.modelHash.empty() && model.hash != result.modelHash)
        return hasName ? QObject::tr("measured on a file of this name that has changed since")
                       : QObject::tr("measured on another model");
    return {};
}

size_t plannedRuns(const ResultSummary &result)
{
    return result.states.size() * static_cast<size_t>(result.experiment.repeats);
}

QString beganWords(const ResultSummary &result)
{
    const QDateTime began = QDateTime::fromString(text(result.started), Qt::ISODate);
    return began.isValid() ? began.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm"))
                           : QObject::tr("not begun");
}

} // namespace

QString ResultStanding::words() const
{
    return plan.isEmpty() || model.isEmpty() ? plan + model : plan + QStringLiteral(", ") + model;
}

ResultStanding standingOf(const ResultSummary &result, const Experiment &plan,
                          const ModelFile &model)
{
    return {planWords(result.experiment, plan), modelWords(result, model)};
}

bool isOnModel(const ExperimentResult &result, const QString &model)
{
    const std::string file = QFileInfo(model).fileName().toStdString();
    return std::all_of(result.points.begin(), result.points.end(), [&](const PointResult &point) {
        return !point.point.settings.modelFile.empty() || point.runs.empty()
            || point.runs.front().record->provenance.modelFile == file;
    });
}

QString resultName(const ResultSummary &result)
{
    const bool complete = std::all_of(result.states.begin(), result.states.end(),
                                      [](PointState state) { return state == PointState::Done; });
    QStringList parts {beganWords(result), text(deviceWords(result.experiment))};
    if (!result.modelFile.empty())
        parts << QFileInfo(text(result.modelFile)).completeBaseName();
    parts << (complete ? QObject::tr("complete")
                       : QObject::tr("%1 of %2 runs").arg(result.runs).arg(plannedRuns(result)));
    return parts.join(QStringLiteral(" · "));
}

QString resultDetails(const ResultSummary &result)
{
    QStringList lines {QObject::tr("Began %1").arg(beganWords(result)),
                       text(deviceWords(result.experiment)), text(result.modelFile),
                       text(stateLine(result.runs, plannedRuns(result), result.states)),
                       folderOf(result)};
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

QString folderOf(const ResultSummary &result)
{
    return QString::fromStdString(result.folder.string());
}

} // namespace inferlab
