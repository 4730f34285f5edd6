// Host memory that the device copies from and to by itself.
#pragma once

#include <cstddef>

namespace inferlab::cuda {

class PinnedMemory
{
public:
    // Throws std::bad_alloc.
    explicit PinnedMemory(size_t bytes);
    ~PinnedMemory();
    PinnedMemory(PinnedMemory &&other) noexcept;
    PinnedMemory(const PinnedMemory &) = delete;
    PinnedMemory &operator=(const PinnedMemory &) = delete;
    PinnedMemory &operator=(PinnedMemory &&) = delete;

    void *data() const noexcept { return m_data; }

private:
    void *m_data = nullptr;
};

} // namespace inferlab::cuda
