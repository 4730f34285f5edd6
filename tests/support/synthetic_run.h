// Run records as a small model on two cores would write them, made from a formula and a seed: for
// tests and pictures of charts, without an engine.
#pragma once

#include "engine/measure/run_record.h"

namespace inferlab {

struct SyntheticRun
{
    int batch = 1;
    int promptTokens = 20;
    int newTokens = 128;
    bool kvCache = true;
    std::string device = "cpu";
    double stepMs = 5.6;         // weights read once per step
    double perSequenceMs = 0.55; // arithmetic of each further sequence
    double prefillMsPerToken = 2.1;
    double jitter = 0.05; // of a step, standard deviation
    int queuedFrom =
        -1; // requests from this one on wait until the first ones are done with prefill
    uint64_t seed = 1;
    std::string label;
};

// Requests of one static batch: all submitted at one time; prompts are read one after another; then
// every step gives each sequence a token. With the cache off a step costs as much as reading
// everything again. One step in about 60 is slow, as on a machine that does other things too.
RunRecord makeSyntheticRun(const SyntheticRun &shape);

// A run of eight tokens an answer, for tests that tell runs apart by their labels.
RunRecord labelledRun(const std::string &label, int batch = 1, bool kvCache = true);

} // namespace inferlab
