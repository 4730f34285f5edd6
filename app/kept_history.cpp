#include "kept_history.h"

#include "app/history/history.h"
#include "engine/base/error.h"

#include <QStandardPaths>
#include <QString>

namespace inferlab {

namespace {

// Empty: no history is kept.
QString historyFile(const CommandLine &arguments)
{
    const QString chosen = arguments.history.empty() ? qEnvironmentVariable("INFERLAB_HISTORY")
                                                     : QString::fromStdString(arguments.history);
    if (chosen == QLatin1String("off"))
        return {};
    return chosen.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
            + QStringLiteral("/history.sqlite")
                            : chosen;
}

} // namespace

std::unique_ptr<History> openHistory(const CommandLine &arguments)
{
    const QString file = historyFile(arguments);
    if (file.isEmpty())
        return nullptr;
    if (!mayBeHistory(file))
        throw InputError(file.toStdString(), {}, "a history of runs", "another file");
    return std::make_unique<History>(file);
}

RunKeeper keeperOf(History *history)
{
    if (history == nullptr)
        return {};
    return [history](const RunRecord &run, const std::optional<RunPlace> &place) {
        std::optional<ExperimentPlace> of;
        if (place)
            of = {QString::fromStdString(place->experiment), place->point, place->repeat};
        history->save(run, of);
    };
}

} // namespace inferlab
