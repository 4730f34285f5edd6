#include "device_memory.h"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace inferlab::emulation {

namespace {

constexpr size_t kAlignment = 256; // that cudaMalloc() promises
constexpr int kNanByte = 0xff;

size_t roundUp(size_t bytes, size_t multiple)
{
    return (bytes + multiple - 1) / multiple * multiple;
}

} // namespace

DeviceMemory::DeviceMemory(size_t bytes)
    : m_bytes(roundUp(bytes, 4096))
{
    void *memory =
        mmap(nullptr, m_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    m_base = static_cast<unsigned char *>(memory);
}

DeviceMemory::~DeviceMemory()
{
    munmap(m_base, m_bytes);
}

void *DeviceMemory::allocate(size_t bytes)
{
    const size_t size = roundUp(bytes == 0 ? 1 : bytes, kAlignment);
    size_t at = 0;
    for (const auto &[offset, taken] : m_allocations) { // first gap that is large enough
        if (offset - at >= size)
            break;
        at = offset + taken;
    }
    if (at + size > m_bytes)
        return nullptr;
    m_allocations[at] = size;
    m_used += size;
    m_reached = std::max(m_reached, at + size);
    open();
    std::memset(m_base + at, kNanByte, size);
    close();
    return m_base + at;
}

bool DeviceMemory::release(void *pointer)
{
    const auto found =
        m_allocations.find(static_cast<size_t>(static_cast<unsigned char *>(pointer) - m_base));
    if (found == m_allocations.end())
        return false;
    m_used -= found->second;
    m_allocations.erase(found);
    return true;
}

size_t DeviceMemory::freeBytes() const noexcept
{
    return m_bytes - m_used;
}

void DeviceMemory::open()
{
    if (m_reached > 0)
        mprotect(m_base, m_reached, PROT_READ | PROT_WRITE);
}

void DeviceMemory::close()
{
    if (m_reached > 0)
        mprotect(m_base, m_reached, PROT_NONE);
}

} // namespace inferlab::emulation
