// The one exception for input that cannot be used: a file, an argument, a prompt.
// It is caught once, at the edge (a command's main, the worker's loop), and becomes one line.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>

namespace inferlab {

class InputError : public std::runtime_error
{
public:
    // One line: "SOURCE: WHERE: expected EXPECTED, found FOUND". Empty parts are left out.
    InputError(std::string source, std::string where, std::string expected, std::string found);
    // A line in the caller's words.
    explicit InputError(std::string message);

    const std::string &source() const noexcept { return m_source; } // file or argument
    const std::string &where() const noexcept { return m_where; }   // byte offset, key, tensor
    const std::string &expected() const noexcept { return m_expected; }
    const std::string &found() const noexcept { return m_found; }

private:
    std::string m_source;
    std::string m_where;
    std::string m_expected;
    std::string m_found;
};

// What the chosen device does not take and the CPU may: whoever asked can be offered that.
class DeviceRefusal : public InputError
{
public:
    using InputError::InputError;
};

// Work that was asked to stop, between two pieces of it. Not an error: nobody shows it.
class Cancelled : public std::exception
{
public:
    const char *what() const noexcept override { return "cancelled"; }
};

// stop: null where nobody can ask.
inline void throwIfStopped(const std::atomic<bool> *stop)
{
    if (stop != nullptr && *stop)
        throw Cancelled();
}

} // namespace inferlab
