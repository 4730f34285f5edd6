#include "prepared_run.h"

#include "engine/base/error.h"
#include "engine/measure/metrics.h"
#include "engine/measure/record_json.h"
#include "settings_columns.h"

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

void addFigures(const RunRecord &run, std::vector<HistoryColumn> &columns)
{
    const RunMetrics metrics = computeMetrics(run);
    columns.insert(columns.end(),
                   {{"ending", static_cast<int>(endingOf(run))},
                    {"output_tokens", static_cast<qint64>(metrics.outputTokens)},
                    {"ttft_p50_ms", orNull(medianOf(metrics.ttft))},
                    {"itl_p50_ms", orNull(medianOf(metrics.itl))},
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
    prepared.place = place;
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
    for (HistoryColumn &column : settingColumns(run.settings))
        columns.push_back(std::move(column));
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

std::optional<RunSettings> settingsOfBlob(const QByteArray &blob)
{
    // Quotes within a text are escaped: this is where the requests begin, and nothing else.
    constexpr QByteArrayView kRequests = ",\"requests\":[";
    QByteArray json = qUncompress(blob);
    const qsizetype at = json.indexOf(kRequests);
    if (at < 0)
        return std::nullopt;
    json.truncate(at + kRequests.size());
    json += "]}]}";
    try {
        const std::vector<RunRecord> runs =
            runsFromJson({json.constData(), static_cast<size_t>(json.size())}, "a record");
        return runs.size() == 1 ? std::optional(runs.front().settings) : std::nullopt;
    } catch (const InputError &) {
        return std::nullopt;
    }
}

} // namespace inferlab
