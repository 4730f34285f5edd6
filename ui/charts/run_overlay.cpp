// Labels from differences of settings.
#include "ui/charts/run_overlay.h"

#include <QSet>
#include <algorithm>
#include <functional>

namespace inferlab {

namespace {

using Describe = std::function<QString(const RunRecord &)>;

QString deviceName(const RunRecord &run)
{
    const std::string &device = run.settings.device;
    return device == "cpu" ? QStringLiteral("CPU")
        : device == "cuda" ? QStringLiteral("GPU")
                           : QString::fromStdString(device);
}

template <typename Number>
Describe number(const QString &name, Number RunSettings::*member)
{
    return [name, member](const RunRecord &run) {
        return name + QLatin1Char(' ') + countText(run.settings.*member);
    };
}

template <typename Number>
Describe sampling(const QString &name, Number SamplingSettings::*member)
{
    return [name, member](const RunRecord &run) {
        return name + QLatin1Char(' ')
            + plainNumber(static_cast<double>(run.settings.sampling.*member));
    };
}

// In the order in which they matter.
std::vector<Describe> describers()
{
    return {
        [](const RunRecord &run) { return QString::fromStdString(run.provenance.modelName); },
        [](const RunRecord &run) { return QString::fromStdString(run.provenance.quantisation); },
        deviceName,
        [](const RunRecord &run) {
            return run.settings.kvCache ? QStringLiteral("KV cache on")
                                        : QStringLiteral("KV cache off");
        },
        number(QStringLiteral("batch"), &RunSettings::batch),
        number(QStringLiteral("threads"), &RunSettings::threads),
        number(QStringLiteral("new tokens"), &RunSettings::maxNewTokens),
        sampling(QStringLiteral("temperature"), &SamplingSettings::temperature),
        sampling(QStringLiteral("top-k"), &SamplingSettings::topK),
        sampling(QStringLiteral("top-p"), &SamplingSettings::topP),
        sampling(QStringLiteral("min-p"), &SamplingSettings::minP),
        sampling(QStringLiteral("repetition penalty"), &SamplingSettings::repetitionPenalty)};
}

// Prompts are too long for a label: the length tells most of them apart.
QString promptText(const RunRecord &run)
{
    const int32_t tokens = run.requests.empty() ? 0 : run.requests.front().promptTokens;
    return tokens > 0 ? QStringLiteral("prompt of %1 tokens").arg(countText(tokens))
                      : QStringLiteral("another prompt");
}

QString briefLabel(QString label)
{
    return label.replace(QStringLiteral("KV cache"), QStringLiteral("KV"))
        .replace(QStringLiteral("new tokens"), QStringLiteral("new"))
        .replace(QStringLiteral("temperature"), QStringLiteral("temp."))
        .replace(QStringLiteral("repetition penalty"), QStringLiteral("rep."))
        .replace(QStringLiteral("prompt of"), QStringLiteral("prompt"));
}

bool allEqual(const QStringList &texts)
{
    return std::all_of(texts.begin(), texts.end(),
                       [&texts](const QString &text) { return text == texts.front(); });
}

} // namespace

QStringList differingSettings(const std::vector<const RunRecord *> &runs)
{
    QStringList out(static_cast<qsizetype>(runs.size()));
    if (runs.size() < 2)
        return out;
    const auto addWhereDifferent = [&](const Describe &describe) {
        QStringList texts;
        for (const RunRecord *run : runs)
            texts << describe(*run);
        if (allEqual(texts))
            return;
        for (qsizetype i = 0; i < out.size(); ++i) {
            if (!texts[i].isEmpty())
                out[i] += (out[i].isEmpty() ? QString() : QStringLiteral(", ")) + texts[i];
        }
    };
    for (const Describe &describe : describers())
        addWhereDifferent(describe);
    QStringList prompts;
    for (const RunRecord *run : runs)
        prompts << QString::fromStdString(run->settings.systemPrompt + '\n' + run->settings.prompt);
    if (!allEqual(prompts))
        addWhereDifferent(promptText);
    if (allEqual(out)) // seeds change the words, not the time: said only when nothing else differs
        addWhereDifferent(sampling(QStringLiteral("seed"), &SamplingSettings::seed));
    return out;
}

std::vector<OverlaidRun> overlaidRuns(const ChartData &data)
{
    std::vector<const RunRecord *> records;
    for (const RunRecordPtr &run : data.earlier) {
        if (run && run.get() != data.current)
            records.push_back(run.get());
    }
    const size_t earlier = records.size();
    if (data.current != nullptr)
        records.push_back(data.current);
    const QStringList differences = differingSettings(records);

    std::vector<OverlaidRun> out;
    QSet<QString> used;
    for (size_t i = 0; i < records.size(); ++i) {
        OverlaidRun run;
        run.record = records[i];
        run.age = i < earlier ? static_cast<int>(earlier - i) : 0;
        run.key = run.age == 0 ? QStringLiteral("run") : QStringLiteral("run-%1").arg(run.age);
        run.label = differences[static_cast<qsizetype>(i)];
        if (records.size() == 1)
            run.label = QStringLiteral("this run");
        else if (run.label.isEmpty())
            run.label = QString::fromStdString(run.record->label);
        if (run.label.isEmpty())
            run.label = QStringLiteral("run");
        const QString base = run.label;
        for (int again = 2; used.contains(run.label); ++again)
            run.label = base + QStringLiteral(" (%1)").arg(again);
        used.insert(run.label);
        run.brief = briefLabel(run.label);
        out.push_back(run);
    }
    return out;
}

QString runKey(const RunRecord *run)
{
    if (run == nullptr)
        return {};
    if (run->requests.empty())
        return QString::fromStdString(run->provenance.date);
    return QString::number(run->requests.front().submittedNs);
}

QString emptyText(const ChartData &data, const QString &appears)
{
    if (data.current == nullptr)
        return appears + QStringLiteral("\nPress Run (Ctrl+Enter).");
    if (data.live)
        return appears + QStringLiteral("\nThe first token is on its way.");
    return QStringLiteral("Nothing to show: the run ended before its first token.");
}

void addRunLegend(PlotSpec &spec, const std::vector<OverlaidRun> &runs, PlotKind kind,
                  Meaning meaning)
{
    if (runs.size() < 2)
        return;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        LegendEntry entry;
        entry.key = run->key;
        entry.text = run->label;
        entry.brief = run->brief;
        entry.kind = kind;
        entry.meaning = meaning;
        entry.age = run->age;
        entry.marker = markerOfAge(run->age);
        spec.legend.push_back(entry);
    }
}

} // namespace inferlab
