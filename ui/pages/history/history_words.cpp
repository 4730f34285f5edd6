#include "history_words.h"

#include "engine/measure/number_text.h"
#include "ui/widgets/figures.h"

#include <QDateTime>

namespace inferlab::historyWords {

namespace {

QString tr(const char *text)
{
    return QObject::tr(text);
}

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
}

QString onOff(bool on)
{
    return on ? tr("on") : tr("off");
}

QString sampling(const SamplingSettings &sampling)
{
    if (sampling.temperature == 0.0f)
        return tr("greedy");
    QStringList parts {tr("temperature %1").arg(text(exactText(sampling.temperature)))};
    if (sampling.topK > 0)
        parts << tr("top-k %1").arg(sampling.topK);
    if (sampling.topP < 1.0f)
        parts << tr("top-p %1").arg(text(exactText(sampling.topP)));
    if (sampling.minP > 0.0f)
        parts << tr("min-p %1").arg(text(exactText(sampling.minP)));
    if (sampling.repetitionPenalty != 1.0f)
        parts << tr("penalty %1").arg(text(exactText(sampling.repetitionPenalty)));
    return parts.join(QStringLiteral(", "));
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

// "sha256:b179c9523d0e": enough to tell files apart.
QString shortHash(const std::string &hash)
{
    constexpr qsizetype kShown = 19;
    const QString all = text(hash);
    return all.size() <= kShown ? all : all.left(kShown) + QStringLiteral("…");
}

} // namespace

QString began(const HistoryRun &run)
{
    return QDateTime::fromMSecsSinceEpoch(run.beganMs).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString name(const HistoryRun &run)
{
    const QString shown = run.name.isEmpty() ? tr("(no name)") : run.name;
    const QString end = ending(run.ending);
    return end.isEmpty() ? shown : QStringLiteral("%1 · %2").arg(shown, end);
}

QString model(const HistoryRun &run)
{
    const Provenance &provenance = run.provenance;
    if (provenance.modelName.empty())
        return text(provenance.modelFile);
    return QStringLiteral("%1 %2")
        .arg(text(provenance.modelName), text(provenance.quantisation))
        .trimmed();
}

QString device(const std::string &device)
{
    if (device == "cpu")
        return tr("CPU");
    return device == "cuda" ? tr("GPU") : text(device);
}

QString figure(const std::optional<double> &value)
{
    return value ? figures::tokPerSecond(*value) : QStringLiteral("–");
}

QList<QPair<QString, QString>> facts(const HistoryRun &run)
{
    const RunSettings &settings = run.settings;
    QList<QPair<QString, QString>> facts;
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
    add("Model", model(run));
    add("File", text(run.provenance.modelFile));
    add("Hash", shortHash(run.provenance.modelHash));
    add("Machine", text(run.provenance.machine));
    add("Device", device(settings.device));
    addCount("Threads", settings.threads);
    addCount("Batch", settings.batch);
    add("KV cache", onOff(settings.kvCache));
    if (settings.padding)
        add("Padding", onOff(true));
    addCount("Requests", settings.requests);
    addCount("In flight", settings.concurrency);
    addCount("Prompt tokens", settings.promptTokens);
    addCount("New tokens", settings.maxNewTokens);
    addCount("Context", settings.contextTokens);
    add("Chat template", onOff(settings.chat));
    add("Sampling", sampling(settings.sampling));
    add("Seed", QString::number(settings.sampling.seed));
    if (run.place)
        add("Experiment",
            tr("%1, point %2, repeat %3")
                .arg(run.place->experiment)
                .arg(run.place->point + 1)
                .arg(run.place->repeat + 1));
    add("Program", text(run.provenance.program));
    return facts;
}

QString runs(int64_t count)
{
    return count == 1 ? tr("1 run") : tr("%1 runs").arg(figures::count(count));
}

} // namespace inferlab::historyWords
