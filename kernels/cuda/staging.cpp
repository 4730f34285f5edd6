#include "staging.h"

#include "cuda_error.h"

#include <algorithm>
#include <cstring>

namespace inferlab::cuda {

Staging::Staging(cudaStream_t stream)
    : m_stream(stream)
{
    for (Slot &slot : m_slots) {
        check(cudaMallocHost(&slot.memory, kSlotBytes), "taking pinned memory");
        check(cudaEventCreateWithFlags(&slot.free, cudaEventDisableTiming), "making an event");
    }
}

Staging::~Staging()
{
    cudaStreamSynchronize(m_stream);
    for (const Slot &slot : m_slots) {
        cudaEventDestroy(slot.free);
        cudaFreeHost(slot.memory);
    }
}

Staging::Slot &Staging::nextSlot()
{
    Slot &slot = m_slots[m_next];
    m_next = (m_next + 1) % m_slots.size();
    check(cudaEventSynchronize(slot.free), "waiting for an upload");
    return slot;
}

void Staging::upload(void *device, const void *host, size_t bytes)
{
    for (size_t done = 0; done < bytes; done += kSlotBytes) {
        const size_t piece = std::min(bytes - done, kSlotBytes);
        Slot &slot = nextSlot();
        std::memcpy(slot.memory, static_cast<const unsigned char *>(host) + done, piece);
        check(cudaMemcpyAsync(static_cast<unsigned char *>(device) + done, slot.memory, piece,
                              cudaMemcpyHostToDevice, m_stream),
              "uploading");
        check(cudaEventRecord(slot.free, m_stream), "uploading");
    }
}

void Staging::download(void *host, const void *device, size_t bytes)
{
    for (size_t done = 0; done < bytes; done += kSlotBytes) {
        const size_t piece = std::min(bytes - done, kSlotBytes);
        const Slot &slot = nextSlot();
        check(cudaMemcpyAsync(slot.memory, static_cast<const unsigned char *>(device) + done, piece,
                              cudaMemcpyDeviceToHost, m_stream),
              "downloading");
        check(cudaStreamSynchronize(m_stream), "computing");
        std::memcpy(static_cast<unsigned char *>(host) + done, slot.memory, piece);
    }
}

} // namespace inferlab::cuda
