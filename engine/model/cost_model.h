// What a step of the forward pass has to move and to compute, before it runs: bytes and operations
// as functions of batch, context, new rows, cache and types, from a model's configuration and
// tensors. Roofline times follow from it (roofline.h).
//
// Counted: weights that a step reads, once each, however many rows share them; keys and values that
// attention reads, once for each sequence, and those that are written; the embedding's rows; two
// operations (a product and a sum) for every weight and row, and for every key, value and query
// head. Not counted: activations, which stay in caches at the sizes that a step has.
// Source: Pope et al. 2022, "Efficiently Scaling Transformer Inference", and Williams et al. 2009,
// "Roofline".
#pragma once

#include "engine/model/model_config.h"
#include "engine/model/tensor_spec.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace inferlab {

class GgufFile;
class LoadedModel;

// What multiplies a row with a matrix: the limits of a device differ by these.
enum class ProductKind {
    Int8, // quantised weights, with rows quantised to 8 bits
    Half, // F16, BF16
    Float // float32, and types that a device dequantises first
};
inline constexpr size_t kProductKinds = 3;
using ByProduct = std::array<double, kProductKinds>;

ProductKind productKindOf(DType dtype) noexcept;

// One tensor as it is read.
struct CostTensor
{
    TensorRole role = TensorRole::Query;
    int64_t rows = 0;
    int64_t cols = 0;
    ProductKind kind = ProductKind::Float;
    double bytes = 0; // in the device's memory
};

// Matrices that are read together.
struct MatrixCost
{
    double bytes = 0;
    ByProduct elements {};
};

// A model, as far as costs go.
struct ModelCost
{
    int32_t layers = 0;
    int32_t embedding = 0;
    int32_t feedForward = 0;
    int32_t heads = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;
    int32_t vocabulary = 0;
    MatrixCost layerMatrices; // of all layers, their gains included
    MatrixCost output;        // the matrix that makes logits, tied or not, and the gain before it
    double embeddingRowBytes = 0;
    double weightBytes = 0; // of all tensors

    // Keys and values of one token over all layers.
    double kvBytesPerToken(DType cacheType) const noexcept;
};

ModelCost modelCost(const ModelConfig &config, const std::vector<CostTensor> &tensors);
// As the tensors lie in the backend's memory, which may hold more than the file.
ModelCost modelCost(const LoadedModel &model);
// As they lie in the file. readModelConfig() has passed it.
ModelCost modelCost(const GgufFile &file, const ModelConfig &config);

// One sequence's part in a step.
struct SequenceRows
{
    int32_t newRows = 1;       // computed now: 1 in decode, a chunk of the prompt in prefill
    int32_t contextTokens = 0; // in the cache before it
    bool logits = true;        // of its last row; a chunk in the middle of a prompt wants none
    bool drawn = true;         // a token from them; of pads none is
};

struct StepShape
{
    std::vector<SequenceRows> sequences;
    DType cacheType = DType::F16;

    // One token for each of `batch` sequences that have `contextTokens` already: with the cache
    // one row each, without it all rows from the first one on.
    static StepShape decode(int32_t batch, int32_t contextTokens, bool kvCache = true,
                            DType cacheType = DType::F16);
};

// A part of a step that is limited by itself: its operators run one after the other.
struct PartCost
{
    double bytes = 0;
    ByProduct products {};     // operations, by what multiplies
    double attentionRows = 0;  // operations of attention for a few rows of a sequence (decode)
    double attentionTiles = 0; // and for many (prefill): kernels of their own

    double operations() const noexcept;
};

struct StepCost
{
    PartCost layers;    // products with the layers' matrices
    PartCost attention; // over the KV cache
    PartCost output;    // logits
    int64_t rows = 0;
    int64_t logitRows = 0;
    int64_t tokens = 0;         // drawn
    double rowElements = 0;     // that norms, rotations, activations and sums pass over
    double drawnElements = 0;   // logits that sampling passes over
    int64_t largeOperators = 0; // products and attention: threads or a device are set to work
    int64_t smallOperators = 0; // the others
    bool decodes = false;       // one row of each sequence, and its logits

    double bytes() const noexcept;
    double operations() const noexcept;
    double intensity() const noexcept; // operations / bytes; 0 without bytes
};

StepCost stepCost(const ModelCost &model, const StepShape &shape);

// Of a layer: two norms, two rotations, the way into the cache, silu, two sums. Counted one by one,
// as a CPU computes them; a device that makes them part of its products pays for fewer, and its
// smallOperatorSeconds are the mean over these.
inline constexpr int64_t kSmallOperatorsPerLayer = 8;

// Up to so many new rows of a sequence attention is that of decode.
inline constexpr int32_t kFewRows = 4;

} // namespace inferlab
