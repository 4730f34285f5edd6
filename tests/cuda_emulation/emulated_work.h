// What the parts of the emulated runtime share: the queue of work, and streams that record it.
#pragma once

#include "include/cuda_runtime.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

// A kernel, or something else.
struct Work
{
    std::shared_ptr<const inferlab::emulation::Launch> kernel;
    std::function<void()> other;
};

struct CUgraph_st
{
    std::vector<Work> nodes;
};
struct CUstream_st
{
    CUgraph_st *capture = nullptr; // takes what is given to the stream; null: the queue does
};

namespace inferlab::emulation {

uint64_t numberFromEnvironment(const char *name, uint64_t otherwise);

void enqueueWork(cudaStream_t stream, const Work &work);
cudaError_t finishWork();  // all that is in the queue
cudaError_t deviceState(); // cudaSuccess, or the error of a device that is lost

} // namespace inferlab::emulation
