#include "staging.h"

#include "cuda_error.h"

#include <algorithm>
#include <cstring>

namespace inferlab::cuda {

namespace {

// A step uploads some six small arrays: the host is at most four steps ahead.
constexpr size_t kSlots = 24;

} // namespace

Staging::Staging(cudaStream_t stream)
    : m_stream(stream)
    , m_slots(kSlots)
{ }

Staging::~Staging()
{
    cudaStreamSynchronize(m_stream); // nothing copies from the slots any more
}

Staging::Slot &Staging::nextSlot()
{
    Slot &slot = m_slots[m_next];
    m_next = (m_next + 1) % m_slots.size();
    slot.free.wait();
    return slot;
}

void Staging::upload(void *device, const void *host, size_t bytes)
{
    for (size_t done = 0; done < bytes; done += kSlotBytes) {
        const size_t piece = std::min(bytes - done, kSlotBytes);
        Slot &slot = nextSlot();
        std::memcpy(slot.memory.data(), static_cast<const unsigned char *>(host) + done, piece);
        check(cudaMemcpyAsync(static_cast<unsigned char *>(device) + done, slot.memory.data(),
                              piece, cudaMemcpyHostToDevice, m_stream),
              "uploading");
        slot.free.record(m_stream);
    }
}

void Staging::download(void *host, const void *device, size_t bytes)
{
    for (size_t done = 0; done < bytes; done += kSlotBytes) {
        const size_t piece = std::min(bytes - done, kSlotBytes);
        const Slot &slot = nextSlot();
        check(cudaMemcpyAsync(slot.memory.data(), static_cast<const unsigned char *>(device) + done,
                              piece, cudaMemcpyDeviceToHost, m_stream),
              "downloading");
        check(cudaStreamSynchronize(m_stream), "computing");
        std::memcpy(static_cast<unsigned char *>(host) + done, slot.memory.data(), piece);
    }
}

} // namespace inferlab::cuda
