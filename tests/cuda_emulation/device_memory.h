// Emulated device memory: pages that only queued work may touch. A host that follows a device
// pointer is stopped by a segmentation fault, as it must not pass unseen.
#pragma once

#include <cstddef>
#include <map>

namespace inferlab::emulation {

class DeviceMemory
{
public:
    explicit DeviceMemory(size_t bytes);
    ~DeviceMemory();
    DeviceMemory(const DeviceMemory &) = delete;
    DeviceMemory &operator=(const DeviceMemory &) = delete;

    void *allocate(size_t bytes); // null when there is no room; filled with NaN
    bool release(void *pointer);  // false for what was never given out
    size_t freeBytes() const noexcept;
    size_t totalBytes() const noexcept { return m_bytes; }

    void open();  // from now on the host may touch it
    void close(); // and from now on no more

private:
    unsigned char *m_base = nullptr;
    size_t m_bytes;
    size_t m_used = 0;                      // bytes of the allocations
    size_t m_reached = 0;                   // no allocation lies beyond this offset
    std::map<size_t, size_t> m_allocations; // bytes by offset
};

} // namespace inferlab::emulation
