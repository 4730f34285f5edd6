// Runs inferlab-cli as a person's shell would, and says what came back.
#pragma once

#include "support/scratch_folder.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace inferlab::test {

struct CliResult
{
    int exitCode = -1; // -1: ended by a signal
    std::string out;
    std::string err;
};

inline std::string readFile(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// What surrounds a run of the program.
struct CliShell
{
    std::string outPath;     // where its stdout goes; empty: into the result
    std::string before;      // a shell command such as "ulimit -v 100000" that holds for it
    std::string cacheFolder; // the user's, as far as it knows; empty: a fresh one
    std::string dataFolder;  // the same
    std::string wrapper;     // a command that runs it, such as "nice"
};

inline CliResult runCli(const std::vector<std::string> &arguments, const CliShell &shell = {})
{
    const ScratchFolder scratch(INFERLAB_TEST_SCRATCH);
    const std::string outFile = shell.outPath.empty() ? (scratch / "out").string() : shell.outPath;
    const std::string errFile = scratch / "err";
    // Nothing of it goes into the person's own folders, and nothing comes from there.
    const std::string cache =
        shell.cacheFolder.empty() ? (scratch / "cache").string() : shell.cacheFolder;
    const std::string data =
        shell.dataFolder.empty() ? (scratch / "data").string() : shell.dataFolder;
    std::string command = shell.before.empty() ? "" : shell.before + " && ";
    command += "XDG_CACHE_HOME='" + cache + "' XDG_DATA_HOME='" + data + "' " + shell.wrapper
        + " '" INFERLAB_CLI "'";
    for (const std::string &argument : arguments) {
        std::string quoted;
        for (const char c : argument)
            quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
        command += " '" + quoted + "'";
    }
    command += " >'" + outFile + "' 2>'" + errFile + "' </dev/null";
    const int status = std::system(command.c_str());
    CliResult result;
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.out = shell.outPath.empty() ? readFile(outFile) : "";
    result.err = readFile(errFile);
    return result;
}

} // namespace inferlab::test
