#include "mapped_file.h"

#include "engine/base/error.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inferlab {

namespace {

[[noreturn]] void fail(const std::filesystem::path &path, int error)
{
    const bool missing = error == ENOENT || error == ENOTDIR;
    throw InputError(path.string(), {}, "a file that can be read",
                     missing ? "no such file" : std::strerror(error));
}

const char *kindOf(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

// Closes what it holds; the mapping outlives the descriptor.
class Descriptor
{
public:
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait; it means nothing for files.
    explicit Descriptor(const std::filesystem::path &path)
        : m_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    { }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int get() const noexcept { return m_fd; }

private:
    int m_fd;
};

} // namespace

MappedFile::MappedFile(const std::filesystem::path &path)
    : m_path(path)
{
    const Descriptor file(path);
    if (file.get() < 0)
        fail(path, errno);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        fail(path, errno);
    if (!S_ISREG(status.st_mode))
        throw InputError(path.string(), {}, "a file", kindOf(status.st_mode));
    if (status.st_size == 0)
        throw InputError(path.string(), {}, "a file with content", "an empty file");
    const auto size = static_cast<uint64_t>(status.st_size);
    if (size > std::numeric_limits<size_t>::max())
        throw InputError(path.string(), {}, "a file that fits the address space",
                         std::to_string(size) + " bytes");
    void *data = ::mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED)
        fail(path, errno);
    m_data = static_cast<const std::byte *>(data);
    m_size = size;
}

MappedFile::~MappedFile()
{
    if (m_data != nullptr)
        ::munmap(const_cast<std::byte *>(m_data), static_cast<size_t>(m_size));
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : m_path(std::move(other.m_path))
    , m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0))
{ }

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

void MappedFile::releasePages(uint64_t offset, uint64_t length) const noexcept
{
    if (m_data == nullptr || offset >= m_size)
        return;
    const uint64_t end = length < m_size - offset ? offset + length : m_size;
    // Whole pages only. The first page is let go although it may hold the end of a neighbour:
    // ranges are released in rising order, and a page that is wanted again comes back from the
    // file.
    const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
    const uint64_t first = offset / page * page;
    const uint64_t last = end == m_size ? end : end / page * page;
    if (last > first)
        ::madvise(const_cast<std::byte *>(m_data) + first, static_cast<size_t>(last - first),
                  MADV_DONTNEED);
}

} // namespace inferlab
