// Softmax attention over the paged cache. Keys are taken in chunks of fixed places, each with a
// softmax of its own; the chunks are merged in their order, either by the block that computed them
// all (many rows) or by a second kernel (few rows: a block per chunk, so that a long context keeps
// the device busy). Both ways add the same numbers in the same order, so a row's result depends on
// neither the rows beside it nor the way. Heads that share keys read them once. A third way, on the
// tensor cores, takes prompts where the cache is binary16 and the order may be another.
#pragma once

#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

#include <string>

namespace inferlab::cuda {

// Largest headDim that the kernels hold.
constexpr int32_t kMostHeadDim = 256;

std::string headDimReason(int32_t headDim); // why a larger one is refused

// Bytes for the chunks' partial results.
size_t attentionWorkspaceBytes(const StepLimits &limits) noexcept;

struct AttentionOptions
{
    int multiprocessors = 0;  // of the device, to choose between the ways
    bool tensorCores = false; // prompts on the tensor cores, which add in an order of their own
};

// workspace: of the limits that the arguments keep. Throws std::runtime_error for a headDim above
// kMostHeadDim.
void attention(cudaStream_t stream, const AttentionArgs &args, const AttentionOptions &options,
               float *workspace, size_t workspaceBytes);

} // namespace inferlab::cuda
