// The weights of a transformer in a backend's memory, filled from the list of its tensors.
#pragma once

#include "engine/model/model_config.h"
#include "engine/model/tensor_spec.h"
#include "kernels/api/backend.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace inferlab {

class GgufFile;

struct LayerWeights
{
    std::unique_ptr<Buffer> attentionNorm;   // [embedding] float32
    std::unique_ptr<Weight> query;           // [heads * headDim, embedding]
    std::unique_ptr<Weight> key;             // [kvHeads * headDim, embedding]
    std::unique_ptr<Weight> value;           // [kvHeads * headDim, embedding]
    std::unique_ptr<Weight> attentionOutput; // [embedding, heads * headDim]
    std::unique_ptr<Buffer> feedForwardNorm; // [embedding] float32
    std::unique_ptr<Weight> gate;            // [feedForward, embedding]
    std::unique_ptr<Weight> up;              // [feedForward, embedding]
    std::unique_ptr<Weight> down;            // [embedding, feedForward]
};

struct ModelWeights
{
    std::unique_ptr<Weight> tokenEmbedding; // [vocabulary, embedding]
    std::unique_ptr<Buffer> outputNorm;     // [embedding] float32
    std::unique_ptr<Weight> output;         // [vocabulary, embedding]; null: the embedding serves
    std::vector<LayerWeights> layers;

    const Weight &outputMatrix() const noexcept { return output ? *output : *tokenEmbedding; }
    size_t bytes() const noexcept;
};

// Bytes that loading will take. Throws InputError for a type or shape that the backend does not
// support.
size_t weightBytesNeeded(const GgufFile &file, const std::vector<TensorSpec> &specs,
                         const Backend &backend);

// Loads in the list's order; the tensors were checked by readModelConfig(). `progress` gets the
// file's bytes done so far, after each tensor and within large ones. Throws Cancelled.
ModelWeights loadWeights(const GgufFile &file, const std::vector<TensorSpec> &specs,
                         const ModelConfig &config, Backend &backend,
                         const std::function<void(uint64_t)> &progress,
                         const std::atomic<bool> *stop);

} // namespace inferlab
