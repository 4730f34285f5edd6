// Words for what switches do.
#include "consequences.h"

#include "figures.h"

#include <QObject>
#include <QStringList>

namespace inferlab {

Consequence kvCacheConsequence(bool on, bool chosenBatchIsOne)
{
    if (on)
        return {QObject::tr("Each token reads the stored keys and values"), false};
    return {chosenBatchIsOne
                ? QObject::tr("Each token reads the prompt again: time grows with every token")
                : QObject::tr("Each token of each answer reads the prompt again"),
            true};
}

Consequence memoryConsequence(int batch, bool kvCache, const MemoryPlan &plan)
{
    const QString what = kvCache
        ? QObject::tr("%1 of cache").arg(figures::bytes(plan.cacheBytes))
        : figures::bytes(plan.workspaceBytes); // to compute in; there is no cache
    QString text = QObject::tr("Batch %1 needs %2").arg(batch).arg(what);
    if (plan.freeBytes)
        text += QObject::tr(" (of %1 free)").arg(figures::bytes(*plan.freeBytes));
    if (!plan.fits())
        text += QObject::tr(". Does not fit: choose a smaller batch or fewer new tokens");
    return {text, !plan.fits()};
}

Consequence deviceConsequence(const DeviceInfo &chosen, const std::optional<ModelSummary> &loaded)
{
    if (!chosen.available)
        return {QString::fromStdString(chosen.reason), true};
    const bool other =
        loaded.has_value() && loaded->choice.device != QString::fromStdString(chosen.kind);
    QString text = QString::fromStdString(chosen.name);
    if (other)
        text += QObject::tr(". The model is loaded again for it");
    if (!chosen.note.empty())
        text += QLatin1Char('\n') + QString::fromStdString(chosen.note);
    return {text, false};
}

Consequence paddingConsequence(bool staticBatch, bool on)
{
    if (!staticBatch)
        return {QObject::tr("No padding in a continuous batch: it is no rectangle"), false};
    if (on)
        return {QObject::tr("Positions that mean nothing are computed as well"), true};
    return {QObject::tr("Only what means something is computed"), false};
}

Consequence gpuSwitchConsequence(bool onGpu, bool sameInAnyBatch)
{
    if (!onGpu)
        return {
            QObject::tr("Both are choices of the GPU alone: on the CPU an answer is the same in "
                        "any batch, and there is nothing to launch"),
            false};
    if (sameInAnyBatch)
        return {QObject::tr("The same bits in every batch, by slower kernels"), false};
    return {QObject::tr("The fastest kernel for each batch size: bits may differ between sizes"),
            false};
}

Consequence samplingConsequence(const SamplingSettings &sampling, bool ignoreEnd)
{
    QString text;
    if (sampling.temperature <= 0)
        text = QObject::tr("Temperature 0 is greedy: always the most likely token; "
                           "top-k, top-p and min-p do nothing");
    else
        text = QObject::tr("Sampling changes the text, not the speed");
    if (ignoreEnd)
        text += QObject::tr(". Every answer gets its full length");
    return {text, false};
}

QString samplingSummary(const SamplingSettings &sampling, bool ignoreEnd)
{
    QStringList parts;
    if (sampling.temperature <= 0) {
        parts += QObject::tr("greedy");
    } else {
        parts += QStringLiteral("t %1").arg(static_cast<double>(sampling.temperature), 0, 'g', 3);
        if (sampling.topP < 1)
            parts += QStringLiteral("top-p %1").arg(static_cast<double>(sampling.topP), 0, 'g', 3);
    }
    if (ignoreEnd)
        parts += QObject::tr("fixed length");
    return parts.join(QStringLiteral(" · "));
}

QString promptFact(int64_t textTokens, int64_t sentTokens, int32_t contextTokens, bool chat)
{
    QString fact = textTokens == 1 ? QObject::tr("1 token")
                                   : QObject::tr("%1 tokens").arg(figures::count(textTokens));
    if (chat)
        fact += QObject::tr(", %1 with the chat template").arg(figures::count(sentTokens));
    if (contextTokens > 0)
        fact += QObject::tr(" (the model reads %1)").arg(figures::count(contextTokens));
    return fact;
}

QString promptProblem(const QString &prompt, int64_t sentTokens, int32_t contextTokens, bool chat)
{
    if (prompt.trimmed().isEmpty())
        return QObject::tr("The prompt is empty: type something for the model to answer");
    if (sentTokens < 0 || contextTokens <= 0 || sentTokens < contextTokens)
        return {};
    return QObject::tr("The prompt has %1 tokens%2; this model takes %3 at most: shorten it")
        .arg(figures::count(sentTokens), chat ? QObject::tr(" with the chat template") : QString(),
             figures::count(contextTokens - 1));
}

} // namespace inferlab
