#include "history_words.h"

#include "ui/widgets/figures.h"

#include <QDateTime>

namespace inferlab::historyWords {

namespace {

QString tr(const char *text)
{
    return QObject::tr(text);
}

QString ending(RunEnding ending)
{
    switch (ending) {
    case RunEnding::Done:
        return {};
    case RunEnding::Stopped:
        return tr("stopped");
    case RunEnding::Failed:
        return tr("failed");
    }
    return {};
}

// Its name and when it began, without the id that tells it from others of that second.
QString experimentWords(const QString &identity)
{
    return identity.left(
        identity.indexOf(QLatin1Char('#'), identity.lastIndexOf(QLatin1Char(' '))));
}

} // namespace

QString began(const HistoryRun &run)
{
    return QDateTime::fromMSecsSinceEpoch(run.beganMs).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString name(const HistoryRun &run)
{
    QStringList parts {run.name.isEmpty() ? tr("(no name)") : run.name};
    if (run.place) // its name and when it began
        parts << run.place->experiment.left(run.place->experiment.lastIndexOf(QLatin1Char(' ')));
    if (const QString end = ending(run.ending); !end.isEmpty())
        parts << end;
    return parts.join(QStringLiteral(" · "));
}

QString figure(const std::optional<double> &value)
{
    return value ? figures::tokPerSecond(*value) : QStringLiteral("–");
}

RunFacts facts(const HistoryRun &run)
{
    RunFacts facts;
    const auto add = [&facts](const char *what, const QString &value) {
        if (!value.isEmpty())
            facts.append({tr(what), value});
    };
    const auto addCount = [&add](const char *what, int64_t value) {
        add(what, value > 0 ? figures::count(value) : QString());
    };
    add("Ended", ending(run.ending));
    add("First token", run.ttftP50Ms ? figures::milliseconds(*run.ttftP50Ms) : QString());
    add("ITL", run.itlP50Ms ? figures::milliseconds(*run.itlP50Ms) : QString());
    add("Throughput",
        run.outputTokPerSecond
            ? tr("%1 tok/s total").arg(figures::tokPerSecond(*run.outputTokPerSecond))
            : QString());
    addCount("Tokens written", run.outputTokens);
    facts += runFacts(run.provenance, run.settings);
    if (run.place)
        add("Experiment",
            tr("%1, point %2, repeat %3")
                .arg(experimentWords(run.place->experiment))
                .arg(run.place->point + 1)
                .arg(run.place->repeat + 1));
    return facts;
}

QString runs(int64_t count)
{
    return count == 1 ? tr("1 run") : tr("%1 runs").arg(figures::count(count));
}

} // namespace inferlab::historyWords
