#include "device_buffer.h"

#include "cuda_error.h"

#include <algorithm>

namespace inferlab::cuda {

DeviceBuffer::DeviceBuffer(size_t bytes)
    : m_bytes(bytes)
{
    check(cudaMalloc(&m_data, std::max<size_t>(bytes, 1)), "taking memory");
}

// Of a lost device nothing can be freed, and nothing is held any more.
DeviceBuffer::~DeviceBuffer()
{
    cudaFree(m_data);
}

} // namespace inferlab::cuda
