// The prompts of an experiment in tokens of one model: encoded once, cut or repeated to length.
#pragma once

#include "app/experiment/engine_access.h"
#include "app/experiment/experiment.h"

#include <cstdint>
#include <vector>

namespace inferlab {

// Every prompt of the pool. Throws what encode throws.
std::vector<std::vector<int32_t>> encodePool(const Experiment &experiment,
                                             const EngineAccess &engines, const LoadedModel *model);

// The first `length` tokens, those of a shorter prompt again and again; 0: as it is. The prompt has
// a token.
std::vector<int32_t> ofLength(const std::vector<int32_t> &tokens, int32_t length);

} // namespace inferlab
