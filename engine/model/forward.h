// The forward pass: rows of tokens in, logits of chosen rows out. Owns the activations, the KV
// cache's memory and the step's index arrays; all taken once, in the constructor.
#pragma once

#include "engine/model/architecture.h"
#include "engine/model/rope.h"
#include "kernels/api/backend.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace inferlab {

class LoadedModel;

// The most that a forward pass must be able to hold.
struct ForwardLimits
{
    int32_t rows = 0;          // tokens in one step
    int32_t logitRows = 0;     // rows whose logits are wanted in one step
    int32_t sequences = 0;     // block tables in one step
    int32_t contextTokens = 0; // longest sequence
    int32_t cacheBlocks = 0;
    DType cacheType = DType::F16;
};

// One step, flat: rows of one sequence one after the other with rising positions, no padding.
struct Batch
{
    std::vector<int32_t> ids;         // [rows]
    std::vector<int32_t> positions;   // [rows]
    std::vector<int32_t> sequences;   // [rows] index into blockTables
    std::vector<int32_t> blockTables; // [sequences][maxBlocks], unused entries 0
    std::vector<int32_t> logitRows;   // rising
    int32_t sequenceCount = 0;
    int32_t maxBlocks = 0;

    // Room for every step within the limits. Throws std::bad_alloc.
    void reserve(const ForwardLimits &limits);
    static size_t bytes(const ForwardLimits &limits) noexcept; // that reserve() takes
    void clear() noexcept;
};

// Bytes that a forward pass takes, before anything is taken; its caller's batches come on top.
struct ForwardBytes
{
    size_t cache = 0;
    size_t workspace = 0;
};
ForwardBytes forwardBytes(const LoadedModel &model, const ForwardLimits &limits);

class Forward
{
public:
    // Throws std::bad_alloc.
    Forward(LoadedModel &model, const ForwardLimits &limits);

    // Logits of batch.logitRows in their order: [logitRows, vocabulary], in host memory, valid
    // until the next run. Throws Cancelled soon after `stop` became true, in the middle of an
    // operator; the cache then holds rows that nobody may count on. `stop` must stay true until
    // then.
    ConstMatrixView run(const Batch &batch, const std::atomic<bool> &stop);
    // The same logits where they are computed, in device memory.
    ConstMatrixView runOnDevice(const Batch &batch, const std::atomic<bool> &stop);
    // Rows of those in host memory, valid until the next call of this and of run().
    ConstMatrixView toHost(ConstMatrixView rows);

private:
    // What a step reads besides weights and cache, in device memory until the next step.
    struct StepInputs
    {
        RowPlacement placement;
        std::span<const int32_t> ids;
        std::span<const int32_t> logitRows;
        ConstMatrixView cosSin;
    };
    StepInputs place(const Batch &batch);
    StepViews viewsOf(const StepInputs &inputs) const;
    // The operators of one step, on what was placed before.
    void compute(const StepInputs &inputs, const StepViews &views, MatrixView logits,
                 const std::atomic<bool> &stop);
    MatrixView view(size_t offset, int64_t rows, int64_t cols) const;
    KvLayerView cacheLayer(int32_t layer) const;

    LoadedModel &m_model;
    ForwardLimits m_limits;
    const Architecture &m_architecture;
    RopeAngles m_rope;
    std::unique_ptr<Buffer> m_cache;       // [layer][keys, values][block][kvHead][slot][headDim]
    std::unique_ptr<Buffer> m_activations; // float32, at the offsets below
    std::unique_ptr<Buffer> m_indices;     // int32, of StepInputs
    std::vector<float> m_cosSin;           // host, [rows, ropeDim]
    std::vector<float> m_logits;           // host copy where device memory is not the host's
};

} // namespace inferlab
