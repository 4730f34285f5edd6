// Named values and their ranges.
#include "run_settings_map.h"

#include <QStringList>
#include <cmath>
#include <limits>
#include <optional>

namespace inferlab {

namespace {

constexpr int kMaxBatch = 256; // the engine's limit
constexpr int kMaxNewTokens = 100'000;
constexpr int kMaxThreads = 512;
constexpr int kMaxChunkTokens = 1 << 16; // the engine's limit

// Files give text, memory gives numbers: both are read as text.
std::optional<double> number(const QVariant &value, double minimum, double maximum)
{
    bool isNumber = false;
    const double read = value.toString().toDouble(&isNumber);
    if (!isNumber || !std::isfinite(read) || read < minimum || read > maximum)
        return std::nullopt;
    return read;
}

template <typename Integer>
void readWhole(const QVariantMap &map, const char *key, double minimum, double maximum,
               Integer &into)
{
    const auto read = number(map.value(QLatin1String(key)), minimum, maximum);
    if (read && *read == std::floor(*read))
        into = static_cast<Integer>(*read);
}

void readReal(const QVariantMap &map, const char *key, double minimum, double maximum, float &into)
{
    if (const auto read = number(map.value(QLatin1String(key)), minimum, maximum))
        into = static_cast<float>(*read);
}

void readSwitch(const QVariantMap &map, const char *key, bool &into)
{
    const QString text = map.value(QLatin1String(key)).toString();
    if (text == QLatin1String("true") || text == QLatin1String("false"))
        into = text == QLatin1String("true");
}

// As people would write it: 0.8, not the nearest float's 0.800000011920929.
double shortest(float value)
{
    return QString::number(static_cast<double>(value), 'g', 6).toDouble();
}

} // namespace

QVariantMap runSettingsToMap(const RunSettings &settings)
{
    const SamplingSettings &sampling = settings.sampling;
    return {{QStringLiteral("device"), QString::fromStdString(settings.device)},
            {QStringLiteral("kvCache"), settings.kvCache},
            {QStringLiteral("batch"), settings.batch},
            {QStringLiteral("newTokens"), settings.maxNewTokens},
            {QStringLiteral("threads"), settings.threads},
            {QStringLiteral("cacheType"),
             QString::fromStdString(std::string(dtypeInfo(settings.cacheType).name))},
            {QStringLiteral("batching"), QString::fromLatin1(batchPolicyName(settings.scheduler))},
            {QStringLiteral("chunkTokens"), settings.chunkTokens},
            {QStringLiteral("padding"), settings.padding},
            {QStringLiteral("sameInAnyBatch"), settings.batchInvariant},
            {QStringLiteral("stepGraphs"), settings.stepGraphs},
            {QStringLiteral("chat"), settings.chat},
            {QStringLiteral("fixedLength"), settings.ignoreEnd},
            {QStringLiteral("temperature"), shortest(sampling.temperature)},
            {QStringLiteral("topK"), sampling.topK},
            {QStringLiteral("topP"), shortest(sampling.topP)},
            {QStringLiteral("minP"), shortest(sampling.minP)},
            {QStringLiteral("repetitionPenalty"), shortest(sampling.repetitionPenalty)},
            {QStringLiteral("seed"), static_cast<qulonglong>(sampling.seed)}};
}

RunSettings runSettingsFromMap(const QVariantMap &map, const RunSettings &defaults)
{
    using Sampling = SamplingSettings;
    RunSettings read = defaults;
    const QString device = map.value(QStringLiteral("device")).toString();
    if (QStringList {QStringLiteral("cpu"), QStringLiteral("cuda")}.contains(device))
        read.device = device.toStdString();
    readSwitch(map, "kvCache", read.kvCache);
    readWhole(map, "batch", 1, kMaxBatch, read.batch);
    readWhole(map, "newTokens", 1, kMaxNewTokens, read.maxNewTokens);
    readWhole(map, "threads", 0, kMaxThreads, read.threads);
    const std::string cacheType = map.value(QStringLiteral("cacheType")).toString().toStdString();
    for (const DType type : {DType::F16, DType::F32, DType::Q8_0}) {
        if (dtypeInfo(type).name == cacheType)
            read.cacheType = type;
    }
    const std::string batching = map.value(QStringLiteral("batching")).toString().toStdString();
    read.scheduler = batchPolicyFromName(batching).value_or(read.scheduler);
    readWhole(map, "chunkTokens", 0, kMaxChunkTokens, read.chunkTokens);
    readSwitch(map, "padding", read.padding);
    readSwitch(map, "sameInAnyBatch", read.batchInvariant);
    readSwitch(map, "stepGraphs", read.stepGraphs);
    readSwitch(map, "chat", read.chat);
    readSwitch(map, "fixedLength", read.ignoreEnd);
    Sampling &sampling = read.sampling;
    const auto most = [](auto limit) { return static_cast<double>(limit); };
    readReal(map, "temperature", 0, most(Sampling::kMaxTemperature), sampling.temperature);
    readWhole(map, "topK", 0, most(Sampling::kMaxTopK), sampling.topK);
    readReal(map, "topP", 0, 1, sampling.topP);
    readReal(map, "minP", 0, 1, sampling.minP);
    readReal(map, "repetitionPenalty", most(Sampling::kMinRepetitionPenalty),
             most(Sampling::kMaxRepetitionPenalty), sampling.repetitionPenalty);
    readWhole(map, "seed", 0, most(std::numeric_limits<int>::max()), sampling.seed);
    return read;
}

} // namespace inferlab
