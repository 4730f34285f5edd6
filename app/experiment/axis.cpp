#include "axis.h"

#include "engine/base/number_text.h"
#include "engine/run/engine.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inferlab {

namespace {

constexpr double kMostTokens = 1 << 20; // the engine refuses what the model cannot, in its words
constexpr double kMostThreads = 1024;   // more than machines have cores
constexpr double kMostChunk = 1 << 16;  // the engine's own limit
constexpr double kMostTemperature = static_cast<double>(SamplingSettings::kMaxTemperature);
constexpr double kLeastTopP = 1e-6; // 0 would keep no token

std::string joined(const std::vector<std::string_view> &words)
{
    std::string text;
    for (const std::string_view word : words)
        text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

std::string rangeText(const AxisInfo &info)
{
    return std::string(info.isWhole ? "a whole number" : "a number") + " from "
        + shortText(info.least, 7) + " to " + shortText(info.most, 7);
}

int32_t whole(const AxisValue &value)
{
    return static_cast<int32_t>(std::get<double>(value));
}

} // namespace

const std::vector<AxisInfo> &axisInfos()
{
    using K = AxisKind;
    static const std::vector<AxisInfo> infos = {
        {K::Batch, "batch", "batch size", true, true, 1, EngineOptions::kMostSequences, {}},
        {K::Concurrency,
         "concurrency",
         "requests in flight",
         true,
         true,
         1,
         EngineOptions::kMostSequences,
         {}},
        {K::PromptTokens,
         "prompt_tokens",
         "prompt length (tokens)",
         true,
         true,
         1,
         kMostTokens,
         {}},
        {K::NewTokens, "new_tokens", "new tokens", true, true, 1, kMostTokens, {}},
        {K::Temperature, "temperature", "temperature", true, false, 0, kMostTemperature, {}},
        {K::TopP, "top_p", "top-p", true, false, kLeastTopP, 1, {}},
        {K::Device, "device", "device", false, false, 0, 0, {"cpu", "cuda", "reference"}},
        {K::KvCache, "kv_cache", "KV cache", false, false, 0, 0, {"on", "off"}},
        {K::ModelFile, "model", "model", false, false, 0, 0, {}},
        {K::Threads, "threads", "threads", true, true, 1, kMostThreads, {}},
        {K::Padding, "padding", "padding", false, false, 0, 0, {"on", "off"}},
        {K::Scheduler, "scheduler", "batching", false, false, 0, 0, {"static", "continuous"}},
        {K::ChunkTokens, "chunk_tokens", "rows of a step", true, true, 1, kMostChunk, {}},
        {K::StepGraphs, "step_graphs", "step graphs", false, false, 0, 0, {"on", "off"}},
        {K::BatchInvariant,
         "batch_invariant",
         "same in any batch",
         false,
         false,
         0,
         0,
         {"on", "off"}},
        {K::CacheType, "cache_type", "cache type", false, false, 0, 0, {"F16", "Q8_0", "F32"}},
    };
    return infos;
}

const AxisInfo &axisInfo(AxisKind kind)
{
    const auto &infos = axisInfos();
    const auto found = std::find_if(infos.begin(), infos.end(),
                                    [kind](const AxisInfo &info) { return info.kind == kind; });
    assert(found != infos.end());
    return *found;
}

std::optional<AxisKind> axisKindFromName(std::string_view name) noexcept
{
    for (const AxisInfo &info : axisInfos()) {
        if (info.name == name)
            return info.kind;
    }
    return std::nullopt;
}

bool isLoad(AxisKind kind) noexcept
{
    return kind == AxisKind::Batch || kind == AxisKind::Concurrency;
}

std::string axisValueText(const AxisValue &value)
{
    if (const auto *number = std::get_if<double>(&value))
        return shortText(*number, 7);
    const std::string &text = std::get<std::string>(value);
    return text.substr(text.rfind('/') + 1); // npos + 1 is 0
}

std::string axisValueName(const ExperimentAxis &axis, const AxisValue &value)
{
    const auto stem = [](const AxisValue &file) {
        const std::string text = axisValueText(file);
        return text.substr(0, text.rfind('.'));
    };
    const std::string whole = axisValueText(value);
    if (axis.kind != AxisKind::ModelFile || axis.values.size() < 2)
        return whole;
    const std::string own = stem(value);
    size_t common = own.size();
    for (const AxisValue &other : axis.values) {
        const std::string text = stem(other);
        const auto [a, b] = std::mismatch(own.begin(), own.end(), text.begin(), text.end());
        common = std::min(common, static_cast<size_t>(a - own.begin()));
    }
    // Whole words: "Q4_1" and not the "1" that alone differs from "Q4_0".
    const size_t separator = common == 0 ? std::string::npos : own.find_last_of(".- ", common - 1);
    const size_t from = separator == std::string::npos ? 0 : separator + 1;
    return from == 0 || from == own.size() ? whole : own.substr(from);
}

std::string axisValueLabel(const ExperimentAxis &axis, const AxisValue &value)
{
    std::string name(axisInfo(axis.kind).name);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name + " " + axisValueName(axis, value);
}

std::optional<AxisValueError> checkAxisValue(AxisKind kind, const AxisValue &value)
{
    const AxisInfo &info = axisInfo(kind);
    if (const auto *number = std::get_if<double>(&value)) {
        if (!info.isNumber)
            return AxisValueError {info.words.empty() ? "text" : "one of " + joined(info.words),
                                   shortText(*number, 7)};
        const bool inside = std::isfinite(*number) && *number >= info.least && *number <= info.most;
        if (!inside || (info.isWhole && *number != std::floor(*number)))
            return AxisValueError {rangeText(info), shortText(*number, 7)};
        return std::nullopt;
    }
    const std::string &text = std::get<std::string>(value);
    if (info.isNumber)
        return AxisValueError {rangeText(info), "\"" + text + "\""};
    if (info.words.empty()) {
        if (text.empty())
            return AxisValueError {"text", "\"\""};
        return std::nullopt;
    }
    if (std::find(info.words.begin(), info.words.end(), text) == info.words.end())
        return AxisValueError {"one of " + joined(info.words), "\"" + text + "\""};
    return std::nullopt;
}

void applyAxisValue(AxisKind kind, const AxisValue &value, PointSettings &settings)
{
    RunSettings &run = settings.run;
    switch (kind) {
    case AxisKind::Batch:
        run.batch = whole(value);
        return;
    case AxisKind::Concurrency:
        run.concurrency = whole(value);
        return;
    case AxisKind::PromptTokens:
        run.promptTokens = whole(value);
        return;
    case AxisKind::NewTokens:
        run.maxNewTokens = whole(value);
        return;
    case AxisKind::Temperature:
        run.sampling.temperature = static_cast<float>(std::get<double>(value));
        return;
    case AxisKind::TopP:
        run.sampling.topP = static_cast<float>(std::get<double>(value));
        return;
    case AxisKind::Device:
        run.device = std::get<std::string>(value);
        return;
    case AxisKind::KvCache:
        run.kvCache = std::get<std::string>(value) == "on";
        return;
    case AxisKind::ModelFile:
        settings.modelFile = std::get<std::string>(value);
        return;
    case AxisKind::Threads:
        run.threads = whole(value);
        return;
    case AxisKind::Padding:
        run.padding = std::get<std::string>(value) == "on";
        return;
    case AxisKind::Scheduler:
        run.scheduler = batchPolicyFromName(std::get<std::string>(value)).value();
        return;
    case AxisKind::ChunkTokens:
        run.chunkTokens = whole(value);
        return;
    case AxisKind::StepGraphs:
        run.stepGraphs = std::get<std::string>(value) == "on";
        return;
    case AxisKind::BatchInvariant:
        run.batchInvariant = std::get<std::string>(value) == "on";
        return;
    case AxisKind::CacheType:
        run.cacheType = dtypeFromName(std::get<std::string>(value)).value();
        return;
    }
}

} // namespace inferlab
