// What every command owes to arguments or input that it cannot use.
#pragma once

#include "run_cli.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace inferlab::test {

// One line on stderr that begins with the program's name and holds `part`, nothing on stdout, exit
// code 2.
inline void checkRefused(const std::vector<std::string> &arguments, const std::string &part,
                         const CliShell &shell = {})
{
    const CliResult result = runCli(arguments, shell);
    CAPTURE(arguments.front());
    CAPTURE(part);
    CAPTURE(result.err);
    CHECK(result.exitCode == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find(part) != std::string::npos);
    CHECK(result.err.starts_with("inferlab-cli: "));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

// The same for what goes wrong while it runs: exit code 1, whatever came out until then.
inline void checkFailed(const CliResult &result, const std::string &part)
{
    CAPTURE(part);
    CAPTURE(result.err);
    CHECK(result.exitCode == 1);
    CHECK(result.err.find(part) != std::string::npos);
    CHECK(result.err.starts_with("inferlab-cli: "));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

} // namespace inferlab::test
