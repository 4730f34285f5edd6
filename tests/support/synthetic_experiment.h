// Results of experiments as a small machine would measure them, from a formula and a seed: for
// tests and pictures of charts, without an engine.
#pragma once

#include "app/experiment/experiment_result.h"

#include <memory>

namespace inferlab {

// Every point of the grid with `repeats` runs (at most the experiment's), or only the first
// `points` of them; the rest waits. Batch, lengths, KV cache, padding and device change the times
// as they would; temperature and top-p do not.
std::shared_ptr<ExperimentResult> makeSyntheticResult(const Experiment &experiment, int repeats,
                                                      size_t points = SIZE_MAX);

} // namespace inferlab
