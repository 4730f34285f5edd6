// The llama architecture: its layer. See architecture.h.
#pragma once

#include "engine/model/architecture.h"

namespace inferlab {

void llamaLayer(Backend &backend, const ModelConfig &config, const LayerWeights &weights,
                const KvLayerView &cache, const StepViews &views, const std::atomic<bool> &stop);

} // namespace inferlab
