// calloc() returns large areas as untouched zero pages; the start is moved up to the alignment.
#include "host_memory.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

namespace inferlab {

namespace {

// A cache line, and the widest vector.
constexpr size_t kAlignment = 64;

class HostBuffer final : public Buffer
{
public:
    explicit HostBuffer(size_t bytes)
        : m_bytes(bytes)
    {
        if (bytes > std::numeric_limits<size_t>::max() - kAlignment)
            throw std::bad_alloc();
        m_area = std::calloc(bytes + kAlignment, 1);
        if (m_area == nullptr)
            throw std::bad_alloc();
        const auto address = reinterpret_cast<uintptr_t>(m_area);
        m_data = static_cast<char *>(m_area) + (kAlignment - address % kAlignment) % kAlignment;
    }
    ~HostBuffer() override { std::free(m_area); }
    HostBuffer(const HostBuffer &) = delete;
    HostBuffer &operator=(const HostBuffer &) = delete;

    void *data() const noexcept override { return m_data; }
    size_t bytes() const noexcept override { return m_bytes; }

private:
    void *m_area = nullptr;
    void *m_data = nullptr;
    size_t m_bytes = 0;
};

} // namespace

std::unique_ptr<Buffer> allocateHostMemory(size_t bytes)
{
    return std::make_unique<HostBuffer>(bytes);
}

} // namespace inferlab
