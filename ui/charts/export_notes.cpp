// Provenance and settings as text.
#include "ui/charts/export_notes.h"

#include "engine/measure/settings_list.h"
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

// A fact is a line: the ends of a prompt's lines are written as "\n".
QString oneLine(QString value)
{
    return value.replace(QLatin1Char('\n'), QStringLiteral("\\n"));
}

QString cacheText(const RunSettings &settings)
{
    if (!settings.kvCache)
        return QStringLiteral("KV cache off");
    const std::string_view type = dtypeInfo(settings.cacheType).name;
    return settings.cacheType == RunSettings().cacheType
        ? QStringLiteral("KV cache on")
        : QStringLiteral("KV cache %1").arg(text(std::string(type)));
}

// How requests come and are put together, where it is not all at once in one static batch.
QString loadText(const RunSettings &settings)
{
    QStringList parts;
    if (settings.scheduler == BatchPolicy::Continuous)
        parts << QStringLiteral("continuous");
    if (settings.requests > 0 && settings.requests != settings.batch)
        parts << QStringLiteral("%1 requests").arg(settings.requests);
    if (settings.concurrency > 0)
        parts << QStringLiteral("%1 in flight").arg(settings.concurrency);
    if (settings.chunkTokens > 0)
        parts << QStringLiteral("chunks of %1 tokens").arg(settings.chunkTokens);
    return parts.join(QStringLiteral(", "));
}

// Switches of a GPU that do not stand as they usually do.
QString gpuText(const RunSettings &settings)
{
    QStringList parts;
    if (settings.batchInvariant)
        parts << QStringLiteral("batch-invariant");
    if (!settings.stepGraphs)
        parts << QStringLiteral("graphs off");
    return parts.join(QStringLiteral(", "));
}

// The parts of a subtitle, in a fixed order.
QStringList partsOf(const RunRecord &run)
{
    const RunSettings &settings = run.settings;
    const int32_t prompt = run.requests.empty() ? 0 : run.requests.front().promptTokens;
    return {modelText(run.provenance),
            deviceText(settings),
            QStringLiteral("batch %1").arg(settings.batch),
            loadText(settings),
            cacheText(settings),
            gpuText(settings),
            settings.padding ? QStringLiteral("padded") : QString(),
            prompt > 0 ? QStringLiteral("prompt %1 tokens").arg(prompt) : QString(),
            QStringLiteral("%1 new tokens").arg(settings.maxNewTokens),
            samplingText(settings.sampling)};
}

QStringList factsOf(const RunRecord &run)
{
    const Provenance &from = run.provenance;
    QStringList facts {QStringLiteral("run: %1").arg(text(run.label)),
                       QStringLiteral("program: %1").arg(text(from.program)),
                       QStringLiteral("date: %1").arg(text(from.date)),
                       QStringLiteral("machine: %1").arg(text(from.machine)),
                       QStringLiteral("model: %1").arg(text(from.modelName)),
                       QStringLiteral("model file: %1").arg(text(from.modelFile)),
                       QStringLiteral("model hash: %1").arg(text(from.modelHash)),
                       QStringLiteral("quantisation: %1").arg(text(from.quantisation))};
    return facts + commonSettingFacts({&run});
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

QStringList commonSettingFacts(const std::vector<const RunRecord *> &runs)
{
    std::vector<NamedSetting> common;
    for (const RunRecord *run : runs) {
        const std::vector<NamedSetting> settings = namedSettings(run->settings);
        if (run == runs.front())
            common = settings;
        std::erase_if(common, [&settings](const NamedSetting &setting) {
            return std::find(settings.begin(), settings.end(), setting) == settings.end();
        });
    }
    QStringList facts;
    for (const NamedSetting &setting : common) {
        const QString name = text(setting.name).replace(QLatin1Char('_'), QLatin1Char(' '));
        facts << QStringLiteral("%1: %2").arg(name, oneLine(text(setting.value)));
    }
    return facts;
}

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
