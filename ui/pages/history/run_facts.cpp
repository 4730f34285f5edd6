#include "run_facts.h"

#include "engine/base/number_text.h"
#include "ui/widgets/figures.h"

#include <QObject>
#include <QStringList>

namespace inferlab {

namespace {

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
}

QString onOff(bool on)
{
    return on ? QObject::tr("on") : QObject::tr("off");
}

// A greedy choice leaves top-k, top-p and min-p without an effect, but not the penalty.
QString samplingInWords(const SamplingSettings &sampling)
{
    const bool greedy = sampling.temperature == 0.0f;
    QStringList parts {
        greedy ? QObject::tr("greedy")
               : QObject::tr("temperature %1").arg(text(exactText(sampling.temperature)))};
    if (!greedy && sampling.topK > 0)
        parts << QObject::tr("top-k %1").arg(sampling.topK);
    if (!greedy && sampling.topP < 1.0f)
        parts << QObject::tr("top-p %1").arg(text(exactText(sampling.topP)));
    if (!greedy && sampling.minP > 0.0f)
        parts << QObject::tr("min-p %1").arg(text(exactText(sampling.minP)));
    if (sampling.repetitionPenalty != 1.0f)
        parts << QObject::tr("penalty %1").arg(text(exactText(sampling.repetitionPenalty)));
    return parts.join(QStringLiteral(", "));
}

// "sha256:b179c9523d0e": enough to tell files apart.
QString shortHash(const std::string &hash)
{
    constexpr qsizetype kShown = 19;
    const QString all = text(hash);
    return all.size() <= kShown ? all : all.left(kShown) + QStringLiteral("…");
}

// One line: its ends of lines as signs, so that two texts that differ look so.
QString promptInWords(const std::string &prompt)
{
    return text(prompt).replace(QLatin1Char('\n'), QChar(0x23CE));
}

QString poolInWords(const std::vector<std::string> &pool)
{
    QStringList prompts;
    for (const std::string &prompt : pool)
        prompts << promptInWords(prompt);
    return prompts.join(QStringLiteral(" | "));
}

QString cacheTypeInWords(const RunSettings &settings)
{
    const std::string_view name = dtypeInfo(settings.cacheType).name;
    return settings.cacheType == RunSettings().cacheType ? QString() : text(std::string(name));
}

QString schedulerInWords(BatchPolicy policy)
{
    return policy == BatchPolicy::Continuous ? QObject::tr("continuous") : QString();
}

} // namespace

QString modelInWords(const Provenance &provenance)
{
    if (provenance.modelName.empty())
        return text(provenance.modelFile);
    return QStringLiteral("%1 %2")
        .arg(text(provenance.modelName), text(provenance.quantisation))
        .trimmed();
}

QString cacheInWords(const RunSettings &settings)
{
    if (!settings.kvCache)
        return QObject::tr("off");
    const QString type = cacheTypeInWords(settings);
    return type.isEmpty() ? QObject::tr("on") : type;
}

QString deviceInWords(const std::string &device)
{
    if (device == "cpu")
        return QObject::tr("CPU");
    return device == "cuda" ? QObject::tr("GPU") : text(device);
}

RunFacts runFacts(const Provenance &provenance, const RunSettings &settings)
{
    RunFacts facts;
    const auto add = [&facts](const QString &what, const QString &value) {
        if (!value.isEmpty())
            facts.append({what, value});
    };
    const auto addCount = [&add](const QString &what, int64_t value) {
        add(what, value > 0 ? figures::count(value) : QString());
    };
    add(QObject::tr("Model"), modelInWords(provenance));
    add(QObject::tr("File"), text(provenance.modelFile));
    add(QObject::tr("Hash"), shortHash(provenance.modelHash));
    add(QObject::tr("Machine"), text(provenance.machine));
    add(QObject::tr("Device"), deviceInWords(settings.device));
    addCount(QObject::tr("Threads"), settings.threads);
    addCount(QObject::tr("Batch"), settings.batch);
    add(QObject::tr("KV cache"), onOff(settings.kvCache));
    add(QObject::tr("Cache type"), cacheTypeInWords(settings));
    add(QObject::tr("Batch-invariant"), settings.batchInvariant ? onOff(true) : QString());
    add(QObject::tr("Step graphs"), settings.stepGraphs ? QString() : onOff(false));
    add(QObject::tr("Scheduler"), schedulerInWords(settings.scheduler));
    add(QObject::tr("Padding"), settings.padding ? onOff(true) : QString());
    addCount(QObject::tr("Chunk tokens"), settings.chunkTokens);
    addCount(QObject::tr("Requests"), settings.requests);
    addCount(QObject::tr("In flight"), settings.concurrency);
    addCount(QObject::tr("Prompt tokens"), settings.promptTokens);
    addCount(QObject::tr("New tokens"), settings.maxNewTokens);
    addCount(QObject::tr("Least new tokens"), settings.leastNewTokens);
    addCount(QObject::tr("Context"), settings.contextTokens);
    add(QObject::tr("End of text"), settings.ignoreEnd ? QObject::tr("ignored") : QString());
    add(QObject::tr("Chat template"), onOff(settings.chat));
    add(QObject::tr("Sampling"), samplingInWords(settings.sampling));
    add(QObject::tr("Seed"), QString::number(settings.sampling.seed));
    addCount(QObject::tr("Round"), settings.round > 0 ? settings.round + 1 : 0);
    add(QObject::tr("Program"), text(provenance.program));
    add(QObject::tr("Prompt"), promptInWords(settings.prompt));
    add(QObject::tr("Prompt pool"), poolInWords(settings.promptPool));
    add(QObject::tr("System prompt"), promptInWords(settings.systemPrompt));
    return facts;
}

} // namespace inferlab
