#include "output_file.h"

#include "engine/base/error.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inferlab {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFileMode = 0666; // less what the umask takes away
constexpr int kMostNames = 1000;      // tried for the part; those in use are leftovers of crashes

void requireReplaceable(const fs::path &path)
{
    std::error_code ignored; // a path that cannot be looked at cannot be created either
    const fs::file_status status = fs::status(path, ignored);
    if (fs::is_directory(status))
        throw InputError(path.string(), "", "the name of a file", "a folder");
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw InputError(path.string(), "", "the name of a file", "a device or a pipe");
    if (fs::exists(status) && ::access(path.c_str(), W_OK) != 0)
        throw InputError(path.string(), "", "a file that can be written", std::strerror(errno));
}

// A new file beside `path`; -1 with errno when there can be none. Its mode is any new file's: the
// system applies the umask, which other threads' files need as it is.
int createPart(const fs::path &path, std::string &part)
{
    const std::string stem = path.string() + "." + std::to_string(::getpid()) + "-";
    int descriptor = -1;
    for (int i = 0; i < kMostNames && descriptor < 0; ++i) {
        part = stem + std::to_string(i) + ".part";
        descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFileMode);
        if (descriptor < 0 && errno != EEXIST)
            break;
    }
    return descriptor;
}

// Whoever may not read the file that is replaced may not read the new one either.
bool takeModeOf(const fs::path &path, int descriptor)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) != 0 || ::fchmod(descriptor, status.st_mode & 07777) == 0;
}

bool writeAll(int descriptor, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t count = ::write(descriptor, content.data(), content.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        content.remove_prefix(static_cast<size_t>(count));
    }
    return true;
}

} // namespace

OutputFile::OutputFile(const fs::path &path)
{
    std::error_code error;
    m_path = fs::weakly_canonical(path, error);
    if (error)
        m_path = path;
    requireReplaceable(m_path);
    m_descriptor = createPart(m_path, m_part);
    if (m_descriptor < 0)
        throw InputError(path.string(), "", "a file that can be written", std::strerror(errno));
}

OutputFile::~OutputFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_part.empty())
        ::unlink(m_part.c_str());
}

void OutputFile::commit(std::string_view content)
{
    // On the disk before it takes the name: a crash in between leaves the old file or the new one.
    if (!takeModeOf(m_path, m_descriptor) || !writeAll(m_descriptor, content)
        || ::fsync(m_descriptor) != 0 || ::rename(m_part.c_str(), m_path.c_str()) != 0)
        fail(errno);
    m_part.clear();
}

void OutputFile::fail(int error) const
{
    throw std::runtime_error(m_path.string() + ": could not be written: " + std::strerror(error));
}

} // namespace inferlab
