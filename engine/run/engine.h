// The engine: requests in, one step at a time, tokens out. It owns no thread; the caller owns the
// loop:
//
//     auto engine = openEngine(model, options);
//     engine->submit(request);
//     while (!engine->idle())
//         show(engine->step());
//
// One thread calls it; requestStop() alone may be called from any thread.
#pragma once

#include "engine/run/request.h"
#include "kernels/api/dtype.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace inferlab {

class LoadedModel;

struct EngineOptions
{
    bool kvCache = true; // off: each step computes each sequence from its beginning
    static constexpr int32_t kMostSequences = 256;
    int32_t maxSequences = 1;  // 1 .. kMostSequences, advancing together
    int32_t contextTokens = 0; // per sequence, prompt and answer; 0: what the model was trained for
    DType cacheType = DType::F16; // F32, F16 or Q8_0
    // On a GPU, where they are choices: kernels that give a sequence the same bits in every batch;
    // decode steps that are recorded and launched as a whole.
    bool batchInvariant = false;
    bool stepGraphs = true;
    int32_t stepTokens = 0; // most rows of one step (prefill chunk); 0: chosen by the engine
    static constexpr int32_t kMostStepTokens = 1 << 16;
    // How places are filled that become free: with the whole batch, or one by one.
    BatchPolicy policy = BatchPolicy::Static;
    // A static batch is computed as a rectangle: all prompts as long as the longest, and who has
    // ended until the last one ends. Off: rows that mean nothing are not computed. The answers are
    // the same. A continuous batch has no rectangle, and is refused.
    bool padding = false;
    // Shown the logits [vocabulary] of every token, in the order of the batch, before it is drawn;
    // on the thread that calls step(). Empty: nobody looks.
    std::function<void(RequestId, std::span<const float>)> lookAtLogits;
};

// Computed before anything is taken.
struct MemoryPlan
{
    size_t weightBytes = 0;
    size_t cacheBytes = 0;
    size_t workspaceBytes = 0;
    std::optional<size_t> freeBytes; // of the device, when asked; none if unknown
    size_t totalBytes() const noexcept { return weightBytes + cacheBytes + workspaceBytes; }
    bool fits() const noexcept { return !freeBytes || cacheBytes + workspaceBytes <= *freeBytes; }
};

class Engine
{
public:
    virtual ~Engine() = default;

    // Throws InputError for a request that can never run: empty prompt, ids outside the vocabulary,
    // prompt longer than the context, settings out of range.
    virtual RequestId submit(Request request) = 0;

    // A sequence that fails ends with EndReason::Error and a message. Memory comes from what was
    // taken when the engine was opened and the request was submitted; the report alone is new.
    // Throws std::bad_alloc, and nothing else, when there is none even for that: the tokens of this
    // step are lost, and every request that ended says so in the report of a later step.
    virtual StepReport step() = 0;

    // Ends a request; its FinishedRequest comes with the next step.
    virtual void cancel(RequestId request) = 0;

    virtual bool idle() const = 0;

    // From any thread: the step in progress gives up, in the middle of an operator or between the
    // draws of two sequences, and every open request ends as Cancelled in its report (or in the
    // next one). Without an open request it does nothing.
    virtual void requestStop() noexcept = 0;

    virtual MemoryPlan memory() const = 0;
};

// What openEngine() would take. Cheap; for the window's consequence lines.
MemoryPlan planMemory(const LoadedModel &model, const EngineOptions &options);

// Throws InputError when the options are out of range or the memory does not fit (with the numbers
// and what would fit).
std::unique_ptr<Engine> openEngine(std::shared_ptr<LoadedModel> model,
                                   const EngineOptions &options);

} // namespace inferlab
