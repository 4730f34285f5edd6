// A file mapped read-only into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace inferlab {

class MappedFile
{
public:
    MappedFile() = default;
    // Throws InputError for a path that is missing, not a regular file, empty, or not readable.
    explicit MappedFile(const std::filesystem::path &path);
    ~MappedFile();
    MappedFile(MappedFile &&other) noexcept;
    MappedFile &operator=(MappedFile &&other) noexcept;
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    const std::filesystem::path &path() const noexcept { return m_path; }
    uint64_t size() const noexcept { return m_size; }
    std::span<const std::byte> bytes() const noexcept
    {
        return {m_data, static_cast<size_t>(m_size)};
    }

    // Advice only: [offset, offset + length) will not be read soon; its pages may leave memory.
    void releasePages(uint64_t offset, uint64_t length) const noexcept;

private:
    std::filesystem::path m_path;
    const std::byte *m_data = nullptr;
    uint64_t m_size = 0;
};

} // namespace inferlab
