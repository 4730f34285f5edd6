// Device memory that is freed with the object.
#pragma once

#include "kernels/api/backend.h"

#include <cuda_runtime_api.h>

namespace inferlab::cuda {

class DeviceBuffer final : public Buffer
{
public:
    // Not zeroed. Throws std::bad_alloc.
    explicit DeviceBuffer(size_t bytes);
    ~DeviceBuffer() override;
    DeviceBuffer(const DeviceBuffer &) = delete;
    DeviceBuffer &operator=(const DeviceBuffer &) = delete;

    void *data() const noexcept override { return m_data; }
    size_t bytes() const noexcept override { return m_bytes; }

private:
    void *m_data = nullptr;
    size_t m_bytes;
};

} // namespace inferlab::cuda
