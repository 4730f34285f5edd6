#include "output_file.h"

#include "engine/base/error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inferlab::cli {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFileMode = 0666; // less what the umask takes away

mode_t processUmask()
{
    const mode_t mask = ::umask(0); // it can be read in no other way
    ::umask(mask);
    return mask;
}

// Of the file that is replaced, or as for any new file.
mode_t modeFor(const fs::path &path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777
                                              : kNewFileMode & ~processUmask();
}

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

OutputFile::OutputFile(const std::string &path)
{
    std::error_code error;
    m_path = fs::weakly_canonical(path, error);
    if (error)
        m_path = path;
    requireReplaceable(m_path);
    m_part = m_path.string() + ".XXXXXX";
    m_descriptor = ::mkostemp(m_part.data(), O_CLOEXEC);
    if (m_descriptor < 0)
        throw InputError(path, "", "a file that can be written", std::strerror(errno));
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
    if (!writeAll(m_descriptor, content) || ::fchmod(m_descriptor, modeFor(m_path)) != 0
        || ::fsync(m_descriptor) != 0 || ::rename(m_part.c_str(), m_path.c_str()) != 0)
        fail(errno);
    m_part.clear();
}

void OutputFile::fail(int error) const
{
    throw std::runtime_error(m_path.string() + ": could not be written: " + std::strerror(error));
}

} // namespace inferlab::cli
