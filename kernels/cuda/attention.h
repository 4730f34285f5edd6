// Softmax attention over the paged cache. Keys are taken in chunks of fixed places, each with a
// softmax of its own; the chunks are merged in their order, either by the block that computed them
// all or by a second kernel (few rows and kv heads: a block per chunk, so that a long context keeps
// the device busy). Both ways add the same numbers in the same order, so a row's result depends on
// neither the rows beside it nor the way. Heads that share keys read them once. A third way, on the
// tensor cores, takes prompts where the cache is not float32 and the order may be another.
#pragma once

#include "activations.h"
#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

#include <string>

namespace inferlab::cuda {

// Why heads are refused by a device whose blocks may have so much shared memory; empty: they are
// not.
std::string headDimRefusal(int32_t headDim, size_t sharedBytes);

// Bytes for the chunks' partial results.
size_t attentionWorkspaceBytes(const StepLimits &limits, int multiprocessors) noexcept;

struct AttentionOptions
{
    int multiprocessors = 0;  // of the device, to choose between the ways
    bool tensorCores = false; // prompts on the tensor cores, which add in an order of their own
    // Where a product reads the outputs; args.out is then scratch. Its codes null: they go to
    // args.out.
    Int8Activations quantized;
};

// Whether `quantized` may be set: where heads are whole groups, and not on the tensor cores.
bool quantizesOutput(const AttentionArgs &args, const AttentionOptions &options) noexcept;

// workspace: of the limits that the arguments keep. Throws std::runtime_error for heads that the
// kernels do not hold on any device.
void attention(LaunchQueue &queue, const AttentionArgs &args, const AttentionOptions &options,
               float *workspace, size_t workspaceBytes);

} // namespace inferlab::cuda
