#include "engine/measure/slo_presets.h"

#include "engine/base/error.h"

#include <string>

namespace inferlab {

namespace {

SloTargets answerLimits(double ttftMs, double tpotMs)
{
    SloTargets targets;
    targets.ttftMs = ttftMs;
    targets.tpotMs = tpotMs;
    return targets;
}

SloTargets streamingLimits()
{
    SloTargets targets;
    targets.ttftMs = 2000;
    targets.itlMs = 100;
    return targets;
}

SloTargets wholeAnswerLimit()
{
    SloTargets targets;
    targets.endToEndMs = 30'000;
    return targets;
}

SloPreset mlperf(std::string_view name, std::string_view title, double ttftMs, double tpotMs)
{
    return {name,
            title,
            answerLimits(ttftMs, tpotMs),
            99,
            AdviceGoal::Throughput,
            "MLPerf Inference: TTFT and TPOT at P99"};
}

std::vector<SloPreset> makePresets()
{
    return {
        {"chatbot", "Chatbot", answerLimits(500, 100), 90, AdviceGoal::Throughput,
         "A reply that begins within half a second feels prompt, and 10 tokens a second are faster "
         "than people read"},
        {"translation", "Translation, summarisation", wholeAnswerLimit(), 90,
         AdviceGoal::Throughput,
         "Nobody reads along: only the whole text counts, so throughput does, within half a "
         "minute"},
        {"streaming", "Streaming", streamingLimits(), 99, AdviceGoal::Throughput,
         "Speech and subtitles stumble at every long gap, so nearly all gaps have to be short"},
        {"on-device", "On-device", answerLimits(2000, 200), 90, AdviceGoal::Memory,
         "One user and little memory: the smallest configuration that keeps up with reading"},
        mlperf("mlperf-llama2-70b-server", "MLPerf Llama 2 70B, server", 2000, 200),
        mlperf("mlperf-llama2-70b-interactive", "MLPerf Llama 2 70B, interactive", 450, 40),
        mlperf("mlperf-llama3.1-8b-server", "MLPerf Llama 3.1 8B, server", 2000, 100),
        mlperf("mlperf-llama3.1-8b-interactive", "MLPerf Llama 3.1 8B, interactive", 500, 30),
        mlperf("mlperf-llama3.1-405b-server", "MLPerf Llama 3.1 405B, server", 6000, 175),
        mlperf("mlperf-llama3.1-405b-interactive", "MLPerf Llama 3.1 405B, interactive", 4500, 80),
        mlperf("mlperf-mixtral-server", "MLPerf Mixtral 8x7B, server", 2000, 200),
        mlperf("mlperf-deepseek-r1-server", "MLPerf DeepSeek-R1, server", 2000, 80),
        mlperf("mlperf-deepseek-r1-interactive", "MLPerf DeepSeek-R1, interactive", 1500, 15),
        mlperf("mlperf-gpt-oss-120b-server", "MLPerf gpt-oss-120b, server", 3000, 80),
        mlperf("mlperf-gpt-oss-120b-interactive", "MLPerf gpt-oss-120b, interactive", 2000, 15),
    };
}

} // namespace

const std::vector<SloPreset> &sloPresets()
{
    static const std::vector<SloPreset> presets = makePresets();
    return presets;
}

const SloPreset &sloPreset(std::string_view name)
{
    std::string names;
    for (const SloPreset &preset : sloPresets()) {
        if (preset.name == name)
            return preset;
        names += (names.empty() ? "" : ", ") + std::string(preset.name);
    }
    throw InputError("limits", "", "one of " + names, "\"" + std::string(name) + "\"");
}

} // namespace inferlab
