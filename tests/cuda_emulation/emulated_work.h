// What the parts of the emulated runtime share: the queue of work, and streams that record it.
#pragma once

#include "include/cuda_runtime.h"

#include <cstdint>
#include <functional>
#include <vector>

using Work = std::function<void()>;

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

cudaError_t finishWork();  // all that is in the queue
cudaError_t deviceState(); // cudaSuccess, or the error of a device that is lost

} // namespace inferlab::emulation
