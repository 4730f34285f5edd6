// Runs inferlab-cli as a person's shell would, and says what came back.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace inferlab::test {

struct CliResult
{
    int exitCode = -1; // -1: ended by a signal
    std::string out;
    std::string err;
};

// A folder of this process alone, gone with it.
class ScratchFolder
{
public:
    ScratchFolder()
    {
        std::filesystem::create_directories(INFERLAB_TEST_SCRATCH);
        std::string pattern = INFERLAB_TEST_SCRATCH "/cli-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        m_path = pattern;
    }
    ~ScratchFolder()
    {
        std::error_code ignored; // a leftover in the scratch folder fails no test
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;

    std::string file(const std::string &name) const { return m_path + "/" + name; }
    std::string write(const std::string &name, const std::string &content) const
    {
        std::ofstream(file(name), std::ios::binary) << content;
        return file(name);
    }

private:
    std::string m_path;
};

inline std::string readFile(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline CliResult runCli(const std::vector<std::string> &arguments)
{
    const ScratchFolder scratch;
    std::string command = "'" INFERLAB_CLI "'";
    for (const std::string &argument : arguments) {
        std::string quoted;
        for (const char c : argument)
            quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
        command += " '" + quoted + "'";
    }
    command += " >'" + scratch.file("out") + "' 2>'" + scratch.file("err") + "' </dev/null";
    const int status = std::system(command.c_str());
    CliResult result;
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.out = readFile(scratch.file("out"));
    result.err = readFile(scratch.file("err"));
    return result;
}

} // namespace inferlab::test
