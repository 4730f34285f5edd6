#include "standard_output.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace inferlab::cli {

namespace {

// `error` is what errno was: the stream itself remembers only that something went wrong.
void requireWritten(bool written, int error)
{
    if (!written || std::ferror(stdout) != 0)
        throw std::runtime_error(
            "standard output could not be written: "
            + std::string(error != 0 ? std::strerror(error) : "unknown error"));
}

} // namespace

void writeOut(std::string_view text)
{
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    requireWritten(written, errno);
}

void printOut(const char *format, ...)
{
    std::va_list arguments;
    va_start(arguments, format);
    errno = 0;
    const bool written = std::vprintf(format, arguments) >= 0;
    const int error = errno;
    va_end(arguments);
    requireWritten(written, error);
}

void flushOut()
{
    errno = 0;
    const bool written = std::fflush(stdout) == 0;
    requireWritten(written, errno);
}

} // namespace inferlab::cli
