// The same run without a window, and the source that both sides of a comparison use.
#pragma once

#include "app/session/engine_source.h"

namespace inferlab::bench {

// 20 tokens for the default model; the bench prints how many they are for the one it is given.
inline constexpr const char *kTwentyTokens = "The quick brown fox jumps over the lazy dog while "
                                             "the sun sets behind the quiet hills of the north";

// The real engine over one model in memory: loaded when it is first asked for, with the threads of
// the first choice.
EngineSource sharedModelSource(const std::string &path);

// A step loop on this thread, as inferlab-cli has it: no session, no mailbox, no event loop.
RunRecordPtr runHeadless(const EngineSource &source, const RunPlan &plan);

size_t promptTokenCount(const EngineSource &source, const RunPlan &plan);

} // namespace inferlab::bench
