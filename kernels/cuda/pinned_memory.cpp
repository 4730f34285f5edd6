#include "pinned_memory.h"

#include "cuda_error.h"

#include <utility>

namespace inferlab::cuda {

PinnedMemory::PinnedMemory(size_t bytes)
{
    check(cudaMallocHost(&m_data, bytes), "taking pinned memory");
}

PinnedMemory::~PinnedMemory()
{
    if (m_data != nullptr)
        cudaFreeHost(m_data);
}

PinnedMemory::PinnedMemory(PinnedMemory &&other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
{ }

} // namespace inferlab::cuda
