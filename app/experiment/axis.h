// What an experiment can vary: the kinds of axes, and what their values may be.
#pragma once

#include "engine/measure/run_record.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inferlab {

enum class AxisKind {
    Batch,        // sequences that the engine advances together
    Concurrency,  // requests in flight, the next submitted when one ends
    PromptTokens, // each prompt cut or repeated to this length
    NewTokens,    // at most so many per answer
    Temperature,
    TopP,
    Device,    // "cpu", "cuda", "reference"
    KvCache,   // "on", "off"
    ModelFile, // a path
    Threads,
    Padding,        // "on", "off"
    Scheduler,      // "static", "continuous"
    ChunkTokens,    // most rows of one step; 0: chosen by the engine
    StepGraphs,     // "on", "off": GPU; decode steps launched as a whole
    BatchInvariant, // "on", "off": GPU; the same bits in every batch
    CacheType       // "F16", "Q8_0", "F32": keys and values
};

// What an axis is called, and which values it takes.
struct AxisInfo
{
    AxisKind kind;
    std::string_view name;  // in files and CSV columns: "prompt_tokens"
    std::string_view title; // on charts: "prompt length (tokens)"
    bool isNumber;          // otherwise one of `words`, or any text where that is empty
    bool isWhole;
    double least, most;                  // numbers: both ends belong to the range
    std::vector<std::string_view> words; // texts
};

const std::vector<AxisInfo> &axisInfos();
const AxisInfo &axisInfo(AxisKind kind);
std::optional<AxisKind> axisKindFromName(std::string_view name) noexcept;
// Whether more of it is more load: what a knee is looked for along, and what "the last that passes"
// is said of. A longer prompt is another request, not more of them.
bool isLoad(AxisKind kind) noexcept;

using AxisValue = std::variant<double, std::string>;

std::string axisValueText(const AxisValue &value); // "32", "0.7", "on"; a file without its folder
// What is wrong with a value, as {expected, found}; none when the axis takes it.
struct AxisValueError
{
    std::string expected, found;
};
std::optional<AxisValueError> checkAxisValue(AxisKind kind, const AxisValue &value);

struct ExperimentAxis
{
    AxisKind kind = AxisKind::Batch;
    std::vector<AxisValue> values; // at least one, none twice

    bool operator==(const ExperimentAxis &) const = default;
};

// What a run of the lab is made with: the settings of its record and the file.
struct PointSettings
{
    std::string modelFile; // empty: the model that the runner is given
    RunSettings run;
};

// As axisValueText, but model files by what tells them apart: "Q8_0" of "SmolLM2.Q8_0.gguf" beside
// "SmolLM2.Q4_1.gguf".
std::string axisValueName(const ExperimentAxis &axis, const AxisValue &value);
// With what varies before it: "batch 8", "kv cache off".
std::string axisValueLabel(const ExperimentAxis &axis, const AxisValue &value);

// Sets what the axis stands for. The value was checked.
void applyAxisValue(AxisKind kind, const AxisValue &value, PointSettings &settings);

} // namespace inferlab
