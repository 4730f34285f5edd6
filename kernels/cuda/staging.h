// Copies between the host and the device through pinned memory: the caller's memory is free when an
// upload returns, while the copy may still wait in the stream for its turn.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <cstddef>

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
        void *memory = nullptr;
        cudaEvent_t free = nullptr; // reached when the slot's copy is done
    };
    Slot &nextSlot();

    cudaStream_t m_stream;
    // A step uploads some six small arrays: the host is at most four steps ahead.
    std::array<Slot, 24> m_slots;
    size_t m_next = 0;
};

} // namespace inferlab::cuda
