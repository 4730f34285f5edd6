// What a caller asks of the engine, and what comes back from each step.
#pragma once

#include "kernels/api/device_phases.h"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inferlab {

using RequestId = int32_t; // counts up from 0 within one engine

// Order of application: repetition penalty, temperature, top-k, top-p, min-p, draw.
// temperature 0 is greedy: the highest logit after the penalty, the lowest id among equals.
struct SamplingSettings
{
    static constexpr float kMaxTemperature = 100.0f;
    static constexpr int32_t kMaxTopK = 1'000'000'000;
    // A logit divided by less, or multiplied by more, could leave what a float holds.
    static constexpr float kMinRepetitionPenalty = 0.01f;
    static constexpr float kMaxRepetitionPenalty = 100.0f;

    float temperature = 0.0f; // 0 .. kMaxTemperature
    int32_t topK = 0;         // keep the k most likely; 0: off
    float topP = 1.0f;        // keep the smallest set that holds this probability; 1: off
    float minP = 0.0f;        // keep those at least this share of the most likely; 0: off
    float repetitionPenalty =
        1.0f; // logits of tokens seen (prompt and answer) / penalty if > 0, * penalty if < 0
    uint64_t seed = 1; // of this request's own generator

    // Throws InputError that names the setting, its range and what was found.
    void validate() const;
};

// How an engine fills its batch: once, until the last of it has ended; or a free place at a time,
// as soon as a sequence ends.
enum class BatchPolicy { Static, Continuous };
const char *batchPolicyName(BatchPolicy policy) noexcept; // "static", "continuous"
std::optional<BatchPolicy> batchPolicyFromName(std::string_view name) noexcept;

struct Request
{
    std::vector<int32_t> promptTokens; // at least one
    SamplingSettings sampling;
    int32_t maxNewTokens = 128; // at least 1
    bool ignoreEnd = false;     // go on past end tokens (for measuring)
    int64_t scheduledNs = 0;    // when it was due; 0: when submitted
};

enum class EndReason { Running, Stop, Length, Cancelled, Error };
const char *
endReasonName(EndReason reason) noexcept; // "running", "stop", "length", "cancelled", "error"

struct RunnerUp
{
    int32_t id = -1;
    float probability = 0.0f;
    std::string piece;
};

// The most likely other tokens of one draw, best first. They lie in the object itself: every token
// of every step has some, and a step allocates nothing for them.
class RunnersUp
{
public:
    static constexpr size_t kMost = 5;

    RunnersUp() = default;
    RunnersUp(std::initializer_list<RunnerUp> others)
    {
        for (const RunnerUp &other : others)
            push_back(other);
    }

    void push_back(RunnerUp other) // NOLINT(readability-identifier-naming): as a container's
    {
        assert(m_count < kMost);
        m_others[m_count++] = std::move(other);
    }
    size_t size() const noexcept { return m_count; }
    bool empty() const noexcept { return m_count == 0; }
    RunnerUp &operator[](size_t i) noexcept { return m_others[i]; }
    const RunnerUp &operator[](size_t i) const noexcept { return m_others[i]; }
    const RunnerUp &front() const noexcept { return m_others.front(); }
    RunnerUp *begin() noexcept { return m_others.data(); }
    RunnerUp *end() noexcept { return m_others.data() + m_count; }
    const RunnerUp *begin() const noexcept { return m_others.data(); }
    const RunnerUp *end() const noexcept { return m_others.data() + m_count; }

private:
    std::array<RunnerUp, kMost> m_others;
    size_t m_count = 0;
};

// One generated token, stamped when its id was known.
struct TokenEvent
{
    RequestId request = 0;
    int32_t index = 0; // 0 for the first token
    int32_t id = 0;
    std::string piece; // the token's own bytes; may be part of a character
    std::string text;  // characters completed by this token; may be empty
    int64_t ns = 0;
    float probability = 0.0f; // of this token under the model at temperature 1, before penalties
    RunnersUp runnersUp;      // the most likely others

    static constexpr int kRunnersUp = static_cast<int>(RunnersUp::kMost);
};

struct PrefillProgress
{
    RequestId request = 0;
    int32_t doneTokens = 0;
    int32_t totalTokens = 0;
};

struct FinishedRequest
{
    RequestId request = 0;
    EndReason reason = EndReason::Stop;
    std::string message; // for Error: one line
    std::string text;    // characters flushed at the end (U+FFFD for a half one)
    int64_t ns = 0;
};

// What one step did. Values of the step itself: the raw material of the cost model and of the
// charts.
struct StepReport
{
    int64_t startNs = 0;
    int64_t endNs = 0;
    int32_t prefillTokens = 0;      // rows of sequences that had no token yet
    int32_t decodeTokens = 0;       // sequences that had one and got the next
    int32_t recomputedTokens = 0;   // cache off: rows computed again to get there
    int32_t paddedTokens = 0;       // rows of a rectangular batch that mean nothing
    int32_t running = 0;            // sequences that took part, as more than pads
    int32_t waiting = 0;            // submitted, not started
    std::vector<RequestId> started; // took part for the first time
    std::vector<PrefillProgress> prefill;
    std::vector<TokenEvent> tokens;
    std::vector<FinishedRequest> finished;
    bool idle = false;     // there was nothing to do
    int64_t deviceNs = 0;  // on the device's own clock; 0 where that is the host's
    int32_t launches = 0;  // kernels of a recorded step; 0 where it was not one
    bool replayed = false; // launched as a whole
    std::optional<DevicePhases> devicePhases; // of some steps that were not
};

} // namespace inferlab
