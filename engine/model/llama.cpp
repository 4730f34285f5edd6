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
    const auto normed = [&](const std::unique_ptr<Buffer> &gain) {
        NormArgs norm;
        norm.x = v.hidden;
        norm.gain = static_cast<const float *>(gain->data());
        norm.epsilon = config.rmsEpsilon;
        norm.scratch = v.normed;
        return norm;
    };

    const std::array<MatmulOutput, 3> qkv {{{weights.query.get(), v.query},
                                            {weights.key.get(), v.key},
                                            {weights.value.get(), v.value}}};
    backend.normMatmul(qkv, normed(weights.attentionNorm));
    poll();
    backend.ropeAndStore(
        {v.query, v.key, v.value, v.cosSin, config.ropeLayout, cache, v.placement});
    AttentionArgs attention;
    attention.q = v.query;
    attention.out = v.attention;
    attention.cache = cache;
    attention.placement = v.placement;
    attention.heads = config.heads;
    attention.scale = 1.0f / std::sqrt(static_cast<float>(config.headDim));
    // `normed` is free by now: it takes the projections that are added to the stream.
    backend.attentionMatmulAdd(attention, *weights.attentionOutput, v.hidden, v.normed);
    poll();

    const std::array<MatmulOutput, 2> gateUp {
        {{weights.gate.get(), v.gate}, {weights.up.get(), v.up}}};
    backend.normMatmul(gateUp, normed(weights.feedForwardNorm));
    poll();
    backend.siluMatmulAdd(*weights.down, v.gate, v.up, v.hidden, v.normed);
    poll();
}

} // namespace inferlab
