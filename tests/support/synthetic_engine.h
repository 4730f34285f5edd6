// An engine without a model: answers of a stated length at a stated pace. For tests of what stands
// above the engine (worker, mailbox, session, window) and for measuring the window under a fast
// producer.
#pragma once

#include "app/session/engine_source.h"
#include "engine/run/engine.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace inferlab::test {

struct SyntheticPace
{
    std::chrono::microseconds load {0};    // loading takes this long, in steps of 1 ms
    std::chrono::microseconds hash {0};    // and the file's hash this long
    std::chrono::microseconds prefill {0}; // the first step
    std::chrono::microseconds step {0};    // every further step: one token for each sequence
    bool failInStep = false;               // every request ends with an error in its third step
};

// So much a step, and everything else at once.
inline SyntheticPace paced(std::chrono::microseconds step)
{
    SyntheticPace pace;
    pace.step = step;
    return pace;
}

// A source whose model is null; prompts are one token per byte, at least one, an empty one an
// InputError.
EngineSource syntheticSource(const SyntheticPace &pace);

// "hello" for that model, which answers with `newTokens` tokens in each of `batch` sequences.
RunPlan syntheticPlan(int newTokens, int batch = 1);

// The engine alone.
std::unique_ptr<Engine> makeSyntheticEngine(const SyntheticPace &pace,
                                            const EngineOptions &options);

} // namespace inferlab::test
