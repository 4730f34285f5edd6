// Provenance and settings as text.
#include "ui/charts/export_notes.h"

#include "ui/charts/plot_spec.h"

#include <QFileInfo>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kHashDigits = 16; // on the picture; all of them inside the file

QString text(const std::string &value)
{
    return QString::fromStdString(value);
}

QString deviceText(const RunSettings &settings)
{
    if (settings.device == "cpu")
        return QStringLiteral("CPU, %1 %2")
            .arg(settings.threads)
            .arg(settings.threads == 1 ? QStringLiteral("thread") : QStringLiteral("threads"));
    return settings.device == "cuda" ? QStringLiteral("GPU") : text(settings.device);
}

QString penaltyText(const SamplingSettings &sampling)
{
    if (sampling.repetitionPenalty == 1.0f)
        return {};
    return QStringLiteral(", repetition penalty %1")
        .arg(plainNumber(static_cast<double>(sampling.repetitionPenalty), 2));
}

// The file's name as people know it from the window; the name inside the file may be anything.
QString modelText(const Provenance &from)
{
    const QString file = QFileInfo(text(from.modelFile)).completeBaseName();
    const QString name = file.isEmpty() ? text(from.modelName) : file;
    const QString quantisation = text(from.quantisation);
    return name.contains(quantisation, Qt::CaseInsensitive)
        ? name
        : name + QLatin1Char(' ') + quantisation;
}

QString samplingText(const SamplingSettings &sampling)
{
    if (sampling.temperature <= 0.0f)
        return QStringLiteral("greedy") + penaltyText(sampling);
    QString out = QStringLiteral("temperature %1")
                      .arg(plainNumber(static_cast<double>(sampling.temperature), 2));
    if (sampling.topK > 0)
        out += QStringLiteral(", top-k %1").arg(sampling.topK);
    if (sampling.topP < 1.0f)
        out += QStringLiteral(", top-p %1").arg(plainNumber(static_cast<double>(sampling.topP), 2));
    if (sampling.minP > 0.0f)
        out += QStringLiteral(", min-p %1").arg(plainNumber(static_cast<double>(sampling.minP), 2));
    return out + penaltyText(sampling);
}

// The parts of a subtitle, in a fixed order.
QStringList partsOf(const RunRecord &run)
{
    const RunSettings &settings = run.settings;
    const int32_t prompt = run.requests.empty() ? 0 : run.requests.front().promptTokens;
    return {modelText(run.provenance),
            deviceText(settings),
            QStringLiteral("batch %1").arg(settings.batch),
            settings.kvCache ? QStringLiteral("KV cache on") : QStringLiteral("KV cache off"),
            settings.padding ? QStringLiteral("padded") : QString(),
            prompt > 0 ? QStringLiteral("prompt %1 tokens").arg(prompt) : QString(),
            QStringLiteral("%1 new tokens").arg(settings.maxNewTokens),
            samplingText(settings.sampling)};
}

QStringList factsOf(const RunRecord &run)
{
    const Provenance &from = run.provenance;
    const RunSettings &settings = run.settings;
    const SamplingSettings &sampling = settings.sampling;
    return {
        QStringLiteral("run: %1").arg(text(run.label)),
        QStringLiteral("program: %1").arg(text(from.program)),
        QStringLiteral("date: %1").arg(text(from.date)),
        QStringLiteral("machine: %1").arg(text(from.machine)),
        QStringLiteral("model: %1").arg(text(from.modelName)),
        QStringLiteral("model file: %1").arg(text(from.modelFile)),
        QStringLiteral("model hash: %1").arg(text(from.modelHash)),
        QStringLiteral("quantisation: %1").arg(text(from.quantisation)),
        QStringLiteral("device: %1, threads %2").arg(text(settings.device)).arg(settings.threads),
        QStringLiteral("batch: %1%2, KV cache %3, context %4, new tokens %5%6")
            .arg(settings.batch)
            .arg(settings.padding ? QStringLiteral(" padded") : QString())
            .arg(settings.kvCache ? QStringLiteral("on") : QStringLiteral("off"))
            .arg(settings.contextTokens)
            .arg(settings.maxNewTokens)
            .arg(settings.ignoreEnd ? QStringLiteral(", past the end token") : QString()),
        QStringLiteral("sampling: temperature %1, top-k %2, top-p %3, min-p %4, repetition penalty "
                       "%5, seed %6")
            .arg(plainNumber(static_cast<double>(sampling.temperature)))
            .arg(sampling.topK)
            .arg(plainNumber(static_cast<double>(sampling.topP)),
                 plainNumber(static_cast<double>(sampling.minP)),
                 plainNumber(static_cast<double>(sampling.repetitionPenalty)))
            .arg(sampling.seed)};
}

QString footOf(const RunRecord &run)
{
    const Provenance &from = run.provenance;
    QStringList parts;
    for (const QString &part : {text(from.program), text(from.date), text(from.machine)}) {
        if (!part.isEmpty())
            parts << part;
    }
    const QString hash = text(from.modelHash);
    const qsizetype digits = hash.indexOf(QLatin1Char(':')) + 1 + kHashDigits;
    if (!hash.isEmpty())
        parts << (digits < hash.size() ? hash.left(digits) + QChar(0x2026) : hash);
    parts << QStringLiteral("seed %1").arg(run.settings.sampling.seed);
    return parts.join(QStringLiteral("  ·  "));
}

} // namespace

std::vector<const RunRecord *> runsBehind(const ChartData &data)
{
    std::vector<const RunRecord *> out;
    const auto add = [&out](const RunRecord *run) {
        if (run != nullptr && std::find(out.begin(), out.end(), run) == out.end())
            out.push_back(run);
    };
    for (const RunRecordPtr &run : data.earlier)
        add(run.get());
    add(data.current);
    for (const RunRecordPtr &run : data.sweep)
        add(run.get());
    return out;
}

ExportNotes exportNotes(const ChartData &data, const QString &chartId)
{
    ChartData shown = data;
    if (chartId == QLatin1String("knee")) {
        shown.current = nullptr;
        shown.earlier.clear();
    } else {
        shown.sweep.clear();
    }
    const std::vector<const RunRecord *> runs = runsBehind(shown);
    ExportNotes notes;
    if (runs.empty())
        return notes;
    QStringList common = partsOf(*runs.back());
    for (const RunRecord *run : runs) {
        const QStringList parts = partsOf(*run);
        for (qsizetype i = 0; i < common.size(); ++i) {
            if (parts[i] != common[i])
                common[i].clear();
        }
        notes.facts << factsOf(*run);
    }
    common.removeAll(QString());
    notes.subtitle = common.join(QStringLiteral("  ·  "));
    notes.program = text(runs.back()->provenance.program);
    notes.foot = footOf(*runs.back());
    return notes;
}

} // namespace inferlab
