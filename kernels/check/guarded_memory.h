// Device memory with guards before, behind and between the rows, so that a write out of bounds
// shows.
#pragma once

#include "kernels/api/backend.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace inferlab {

class GuardedMemory
{
public:
    GuardedMemory(Backend &backend, size_t bytes);
    void *data() const noexcept;
    void upload(const void *source, size_t bytes);
    std::vector<unsigned char> download() const; // without the guards
    bool intact() const;

private:
    Backend *m_backend;
    std::unique_ptr<Buffer> m_buffer;
    size_t m_bytes;
};

// Rows of floats with unused columns between them.
class GuardedMatrix
{
public:
    // Values are row-major and packed. With none, every value begins as a guard.
    GuardedMatrix(Backend &backend, int64_t rows, int64_t cols, std::span<const float> values = {});
    MatrixView view() const noexcept;
    std::vector<float> download() const; // row-major and packed
    bool intact() const;

private:
    GuardedMemory m_memory;
    int64_t m_rows;
    int64_t m_cols;
    int64_t m_stride;
};

} // namespace inferlab
