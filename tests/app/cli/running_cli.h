// inferlab-cli while it runs: its stdout in a pipe, and Ctrl+C.
#pragma once

#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace inferlab::test {

// The program with its stdout in a pipe.
class RunningCli
{
public:
    // dataFolder: the user's, as far as it knows; empty: a fresh one.
    explicit RunningCli(std::vector<std::string> arguments, const std::string &dataFolder = {})
    {
        std::array<int, 2> ends {};
        REQUIRE(::pipe(ends.data()) == 0);
        arguments.insert(arguments.begin(), INFERLAB_CLI);
        std::vector<char *> pointers;
        for (std::string &argument : arguments)
            pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        m_process = ::fork();
        REQUIRE(m_process >= 0);
        if (m_process == 0) {
            ::setenv("XDG_CACHE_HOME", m_cache.path().c_str(), 1);
            const std::string data =
                dataFolder.empty() ? (m_cache.path() / "data").string() : dataFolder;
            ::setenv("XDG_DATA_HOME", data.c_str(), 1);
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::execv(INFERLAB_CLI, pointers.data());
            ::_exit(99);
        }
        ::close(ends[1]);
        m_out = ends[0];
    }
    ~RunningCli() { ::close(m_out); }
    RunningCli(const RunningCli &) = delete;
    RunningCli &operator=(const RunningCli &) = delete;

    // Until something comes or the program ends.
    std::string readSome() const
    {
        std::array<char, 4096> bytes {};
        const ssize_t count = ::read(m_out, bytes.data(), bytes.size());
        return count > 0 ? std::string(bytes.data(), static_cast<size_t>(count)) : std::string();
    }
    std::string readRest() const
    {
        std::string all;
        for (std::string some = readSome(); !some.empty(); some = readSome())
            all += some;
        return all;
    }
    void interrupt() const { ::kill(m_process, SIGINT); }
    void kill() const { ::kill(m_process, SIGKILL); }
    int exitCode() const
    {
        int status = 0;
        ::waitpid(m_process, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    const ScratchFolder m_cache {INFERLAB_TEST_SCRATCH}; // in place of the person's
    pid_t m_process = -1;
    int m_out = -1;
};

} // namespace inferlab::test
