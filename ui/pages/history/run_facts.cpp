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

QString samplingInWords(const SamplingSettings &sampling)
{
    if (sampling.temperature == 0.0f)
        return QObject::tr("greedy");
    QStringList parts {QObject::tr("temperature %1").arg(text(exactText(sampling.temperature)))};
    if (sampling.topK > 0)
        parts << QObject::tr("top-k %1").arg(sampling.topK);
    if (sampling.topP < 1.0f)
        parts << QObject::tr("top-p %1").arg(text(exactText(sampling.topP)));
    if (sampling.minP > 0.0f)
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
    add(QObject::tr("Scheduler"), schedulerInWords(settings.scheduler));
    add(QObject::tr("Padding"), settings.padding ? onOff(true) : QString());
    addCount(QObject::tr("Chunk tokens"), settings.chunkTokens);
    addCount(QObject::tr("Requests"), settings.requests);
    addCount(QObject::tr("In flight"), settings.concurrency);
    addCount(QObject::tr("Prompt tokens"), settings.promptTokens);
    addCount(QObject::tr("New tokens"), settings.maxNewTokens);
    addCount(QObject::tr("Context"), settings.contextTokens);
    add(QObject::tr("End of text"), settings.ignoreEnd ? QObject::tr("ignored") : QString());
    add(QObject::tr("Chat template"), onOff(settings.chat));
    add(QObject::tr("Sampling"), samplingInWords(settings.sampling));
    add(QObject::tr("Seed"), QString::number(settings.sampling.seed));
    add(QObject::tr("Program"), text(provenance.program));
    add(QObject::tr("Prompt"), text(settings.prompt).simplified());
    add(QObject::tr("System prompt"), text(settings.systemPrompt).simplified());
    return facts;
}

} // namespace inferlab
