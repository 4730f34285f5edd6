// The guards are a NaN that no operator computes, so that reading one shows in the result too.
#include "guarded_memory.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace inferlab {

namespace {

// Half a kilobyte: further than a stray vector reaches.
constexpr size_t kGuardBytes = 512;
constexpr uint32_t kGuardWord = 0x7fc5a5a5u; // as two binary16: also NaN, and -0.022
// Unused floats behind each row; odd, so that rows begin at every alignment.
constexpr int64_t kGuardColumns = 3;

bool allGuards(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i + sizeof kGuardWord <= count; i += sizeof kGuardWord) {
        if (std::memcmp(bytes + i, &kGuardWord, sizeof kGuardWord) != 0)
            return false;
    }
    return true;
}

} // namespace

GuardedMemory::GuardedMemory(Backend &backend, size_t bytes)
    : m_backend(&backend)
    , m_buffer(backend.allocate((bytes + 3) / 4 * 4 + 2 * kGuardBytes))
    , m_bytes(bytes)
{
    const std::vector<uint32_t> guards(m_buffer->bytes() / sizeof kGuardWord, kGuardWord);
    backend.upload(m_buffer->data(), guards.data(), m_buffer->bytes());
}

void *GuardedMemory::data() const noexcept
{
    return static_cast<unsigned char *>(m_buffer->data()) + kGuardBytes;
}

void GuardedMemory::upload(const void *source, size_t bytes)
{
    assert(bytes <= m_bytes);
    m_backend->upload(data(), source, bytes);
}

std::vector<unsigned char> GuardedMemory::download() const
{
    std::vector<unsigned char> bytes(m_bytes);
    m_backend->download(bytes.data(), data(), m_bytes);
    return bytes;
}

bool GuardedMemory::intact() const
{
    std::vector<unsigned char> all(m_buffer->bytes());
    m_backend->download(all.data(), m_buffer->data(), all.size());
    return allGuards(all.data(), kGuardBytes)
        && allGuards(all.data() + all.size() - kGuardBytes, kGuardBytes);
}

GuardedMatrix::GuardedMatrix(Backend &backend, int64_t rows, int64_t cols,
                             std::span<const float> values)
    : m_memory(backend, static_cast<size_t>(rows * (cols + kGuardColumns)) * sizeof(float))
    , m_rows(rows)
    , m_cols(cols)
    , m_stride(cols + kGuardColumns)
{
    if (values.empty())
        return;
    assert(static_cast<int64_t>(values.size()) == rows * cols);
    std::vector<float> padded(static_cast<size_t>(rows * m_stride),
                              std::bit_cast<float>(kGuardWord));
    for (int64_t r = 0; r < rows; ++r)
        std::copy_n(values.data() + r * cols, cols, padded.data() + r * m_stride);
    m_memory.upload(padded.data(), padded.size() * sizeof(float));
}

MatrixView GuardedMatrix::view() const noexcept
{
    return {static_cast<float *>(m_memory.data()), m_rows, m_cols, m_stride};
}

std::vector<float> GuardedMatrix::download() const
{
    const std::vector<unsigned char> bytes = m_memory.download();
    std::vector<float> values(static_cast<size_t>(m_rows * m_cols));
    for (int64_t r = 0; r < m_rows; ++r) {
        std::memcpy(values.data() + r * m_cols,
                    bytes.data() + static_cast<size_t>(r * m_stride) * sizeof(float),
                    static_cast<size_t>(m_cols) * sizeof(float));
    }
    return values;
}

bool GuardedMatrix::intact() const
{
    const std::vector<unsigned char> bytes = m_memory.download();
    for (int64_t r = 0; r < m_rows; ++r) {
        const size_t end = static_cast<size_t>(r * m_stride + m_cols) * sizeof(float);
        if (!allGuards(bytes.data() + end, kGuardColumns * sizeof(float)))
            return false;
    }
    return m_memory.intact();
}

} // namespace inferlab
