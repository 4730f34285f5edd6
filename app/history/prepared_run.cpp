#include "prepared_run.h"

#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "engine/measure/record_json.h"

#include <QDateTime>
#include <algorithm>

namespace inferlab {

namespace {

// Times compress five to one at any level; the first is the fastest, and long runs are large.
constexpr int kCompression = 1;
// Searching reads this of every run: the beginning of a prompt tells it from others.
constexpr qsizetype kSearchedPrompt = 2000;

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
}

QVariant orNull(const std::optional<double> &value)
{
    return value ? QVariant(*value) : QVariant(QMetaType(QMetaType::Double));
}

std::optional<double> median(const std::optional<SampleSummary> &summary)
{
    return summary ? std::optional(summary->p50) : std::nullopt;
}

RunEnding endingOf(const RunRecord &run)
{
    const auto any = [&run](EndReason reason) {
        return std::any_of(run.requests.begin(), run.requests.end(),
                           [reason](const RequestRecord &r) { return r.endReason == reason; });
    };
    if (any(EndReason::Error))
        return RunEnding::Failed;
    return any(EndReason::Cancelled) || any(EndReason::Running) ? RunEnding::Stopped
                                                                : RunEnding::Done;
}

int64_t beganMs(const Provenance &provenance)
{
    const QDateTime date = QDateTime::fromString(text(provenance.date), Qt::ISODate);
    return (date.isValid() ? date : QDateTime::currentDateTimeUtc()).toMSecsSinceEpoch();
}

void addProvenance(const Provenance &provenance, std::vector<HistoryColumn> &columns)
{
    columns.insert(columns.end(),
                   {{"program", text(provenance.program)},
                    {"date", text(provenance.date)},
                    {"machine", text(provenance.machine)},
                    {"model_name", text(provenance.modelName)},
                    {"model_file", text(provenance.modelFile)},
                    {"model_hash", text(provenance.modelHash)},
                    {"quantisation", text(provenance.quantisation)}});
}

void addSettings(const RunSettings &settings, std::vector<HistoryColumn> &columns)
{
    const SamplingSettings &sampling = settings.sampling;
    columns.insert(columns.end(),
                   {{"device", text(settings.device)},
                    {"threads", settings.threads},
                    {"kv_cache", settings.kvCache ? 1 : 0},
                    {"batch", settings.batch},
                    {"scheduler", QString::fromLatin1(batchPolicyName(settings.scheduler))},
                    {"padding", settings.padding ? 1 : 0},
                    {"chunk_tokens", settings.chunkTokens},
                    {"requests", settings.requests},
                    {"concurrency", settings.concurrency},
                    {"prompt_tokens", settings.promptTokens},
                    {"context_tokens", settings.contextTokens},
                    {"max_new_tokens", settings.maxNewTokens},
                    {"ignore_end", settings.ignoreEnd ? 1 : 0},
                    {"chat", settings.chat ? 1 : 0},
                    {"temperature", static_cast<double>(sampling.temperature)},
                    {"top_k", sampling.topK},
                    {"top_p", static_cast<double>(sampling.topP)},
                    {"min_p", static_cast<double>(sampling.minP)},
                    {"repetition_penalty", static_cast<double>(sampling.repetitionPenalty)},
                    // SQLite's integers are signed: seeds above 2^63 - 1 are negative there.
                    {"seed", static_cast<qint64>(sampling.seed)}});
}

void addFigures(const RunRecord &run, std::vector<HistoryColumn> &columns)
{
    const RunMetrics metrics = computeMetrics(run);
    columns.insert(columns.end(),
                   {{"ending", static_cast<int>(endingOf(run))},
                    {"output_tokens", static_cast<qint64>(metrics.outputTokens)},
                    {"ttft_p50_ms", orNull(median(metrics.ttft))},
                    {"itl_p50_ms", orNull(median(metrics.itl))},
                    {"output_tok_s", orNull(metrics.outputTokPerSecond)}});
}

void addPlace(const std::optional<ExperimentPlace> &place, std::vector<HistoryColumn> &columns)
{
    if (!place)
        return;
    columns.insert(columns.end(),
                   {{"experiment_id", place->experiment},
                    {"experiment_point", place->point},
                    {"experiment_repeat", place->repeat}});
}

} // namespace

QString foldedWords(const QStringList &parts)
{
    return parts.join(QLatin1Char('\n')).toCaseFolded();
}

PreparedRun prepareRun(const RunRecord &run, const std::optional<ExperimentPlace> &place)
{
    PreparedRun prepared;
    std::vector<HistoryColumn> &columns = prepared.columns;
    const QString name = text(run.label);
    columns.push_back({"began_ms", static_cast<qint64>(beganMs(run.provenance))});
    columns.push_back({"name", name});
    columns.push_back({"own_words", foldedWords({name})});
    const QString prompt = text(run.settings.prompt).left(kSearchedPrompt);
    columns.push_back(
        {"run_words",
         foldedWords({name, text(run.provenance.modelName), text(run.provenance.modelFile),
                      text(run.provenance.quantisation), text(run.provenance.machine),
                      text(run.settings.device), prompt, place ? place->experiment : QString()})});
    addProvenance(run.provenance, columns);
    addSettings(run.settings, columns);
    addFigures(run, columns);
    addPlace(place, columns);
    const std::string json = runsToJson({run});
    prepared.record = qCompress(
        QByteArray::fromRawData(json.data(), static_cast<qsizetype>(json.size())), kCompression);
    return prepared;
}

RunRecord recordFromBlob(const QByteArray &blob, const QString &source)
{
    const QByteArray json = qUncompress(blob);
    const std::string name = source.toStdString();
    if (json.isEmpty())
        throw InputError(name, "the record", "compressed JSON", "bytes that are damaged");
    const std::string_view view(json.constData(), static_cast<size_t>(json.size()));
    std::vector<RunRecord> runs = runsFromJson(view, name);
    if (runs.size() != 1)
        throw InputError(name, "the record", "one run", std::to_string(runs.size()));
    return std::move(runs.front());
}

} // namespace inferlab
