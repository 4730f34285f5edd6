// The llama architecture (Llama 1 to 3, Mistral without its window, SmolLM, SmolLM2): RMS norm,
// rotary positions, grouped-query attention, gated SiLU feed-forward. Touvron et al. 2023.
#include "llama.h"

#include "engine/base/error.h"

#include <array>
#include <cmath>

namespace inferlab {

void llamaLayer(Backend &backend, const ModelConfig &config, const LayerWeights &weights,
                const KvLayerView &cache, const StepViews &v, const std::atomic<bool> &stop)
{
    const auto poll = [&stop] {
        if (stop)
            throw Cancelled();
    };
    const auto gain = [](const std::unique_ptr<Buffer> &buffer) {
        return static_cast<const float *>(buffer->data());
    };

    backend.rmsNorm(v.hidden, gain(weights.attentionNorm), config.rmsEpsilon, v.normed);
    const std::array<MatmulOutput, 3> qkv {{{weights.query.get(), v.query},
                                            {weights.key.get(), v.key},
                                            {weights.value.get(), v.value}}};
    backend.matmul(qkv, v.normed);
    poll();
    backend.rope(v.query, config.headDim, config.ropeDim, v.cosSin, config.ropeLayout);
    backend.rope(v.key, config.headDim, config.ropeDim, v.cosSin, config.ropeLayout);
    backend.writeKv(v.key, v.value, cache, v.placement);
    AttentionArgs attention;
    attention.q = v.query;
    attention.out = v.attention;
    attention.cache = cache;
    attention.placement = v.placement;
    attention.heads = config.heads;
    attention.scale = 1.0f / std::sqrt(static_cast<float>(config.headDim));
    backend.attention(attention);
    poll();
    // `normed` is free by now: it takes the projections that are added to the stream.
    const std::array<MatmulOutput, 1> projection {{{weights.attentionOutput.get(), v.normed}}};
    backend.matmul(projection, v.attention);
    backend.add(v.hidden, v.normed);

    backend.rmsNorm(v.hidden, gain(weights.feedForwardNorm), config.rmsEpsilon, v.normed);
    const std::array<MatmulOutput, 2> gateUp {
        {{weights.gate.get(), v.gate}, {weights.up.get(), v.up}}};
    backend.matmul(gateUp, v.normed);
    poll();
    backend.siluMultiply(v.gate, v.up, v.gate);
    const std::array<MatmulOutput, 1> down {{{weights.down.get(), v.normed}}};
    backend.matmul(down, v.gate);
    backend.add(v.hidden, v.normed);
    poll();
}

} // namespace inferlab
