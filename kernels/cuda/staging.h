// Copies between the host and the device through pinned memory: the caller's memory is free when an
// upload returns, while the copy may still wait in the stream for its turn.
#pragma once

#include "cuda_event.h"
#include "pinned_memory.h"

#include <cuda_runtime_api.h>

#include <cstddef>
#include <vector>

namespace inferlab::cuda {

class Staging
{
public:
    // Throws std::bad_alloc.
    explicit Staging(cudaStream_t stream);
    ~Staging();
    Staging(const Staging &) = delete;
    Staging &operator=(const Staging &) = delete;

    void upload(void *device, const void *host, size_t bytes);
    // Waits for all that the stream holds.
    void download(void *host, const void *device, size_t bytes);

    static constexpr size_t kSlotBytes = size_t {512} * 1024;

private:
    struct Slot
    {
        PinnedMemory memory {kSlotBytes};
        Event free {cudaEventDisableTiming}; // reached when the slot's copy is done
    };
    Slot &nextSlot();

    cudaStream_t m_stream;
    std::vector<Slot> m_slots;
    size_t m_next = 0;
};

} // namespace inferlab::cuda
