// What a caller asks of the engine, and what comes back from each step.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

using RequestId = int32_t; // counts up from 0 within one engine

// Order of application: repetition penalty, temperature, top-k, top-p, min-p, draw.
// temperature 0 is greedy: the highest logit after the penalty, the lowest id among equals.
struct SamplingSettings
{
    float temperature = 0.0f; // 0 .. 100
    int32_t topK = 0;         // keep the k most likely; 0: off
    float topP = 1.0f;        // keep the smallest set that holds this probability; 1: off
    float minP = 0.0f;        // keep those at least this share of the most likely; 0: off
    float repetitionPenalty =
        1.0f; // logits of tokens seen (prompt and answer) / penalty if > 0, * penalty if < 0
    uint64_t seed = 1; // of this request's own generator

    // Throws InputError that names the setting, its range and what was found.
    void validate() const;
};

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
    std::vector<RunnerUp> runnersUp; // the most likely others, best first, at most kRunnersUp

    static constexpr int kRunnersUp = 5;
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
    int32_t running = 0;            // sequences that took part
    int32_t waiting = 0;            // submitted, not started
    std::vector<RequestId> started; // took part for the first time
    std::vector<PrefillProgress> prefill;
    std::vector<TokenEvent> tokens;
    std::vector<FinishedRequest> finished;
    bool idle = false; // there was nothing to do
};

} // namespace inferlab
