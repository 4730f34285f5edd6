// An engine without a model: known pieces, at a known pace. For tests of the window, and for
// looking at it.
#pragma once

#include "app/session/engine_source.h"

#include <chrono>
#include <string>
#include <vector>

namespace inferlab::test {

struct SyntheticOptions
{
    std::vector<std::string> pieces {"The", " capital", " of", " France",
                                     " is", " Paris",   ".",   "\n"};
    std::chrono::microseconds stepTime {200};      // for one sequence
    std::chrono::microseconds timePerSequence {5}; // more for each further one
    int promptTokens = 20;
    int prefillStep = 8;      // prompt tokens a step
    int endAfter = 1'000'000; // tokens until the model says that it is done
    std::chrono::milliseconds loadTime {0};
    std::string loadError; // not empty: loading fails with it
    std::string runError;  // not empty: every request fails with it after the first token
};

EngineSource syntheticSource(const SyntheticOptions &options);

} // namespace inferlab::test
