// What every command owes to arguments or input that it cannot use.
#pragma once

#include "run_cli.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace inferlab::test {

// One line on stderr that begins with the program's name and holds `part`, nothing on stdout, exit
// code 2.
inline void checkRefused(const std::vector<std::string> &arguments, const std::string &part)
{
    const CliResult result = runCli(arguments);
    CAPTURE(part);
    CAPTURE(result.err);
    CHECK(result.exitCode == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find(part) != std::string::npos);
    CHECK(result.err.starts_with("inferlab-cli: "));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

} // namespace inferlab::test
