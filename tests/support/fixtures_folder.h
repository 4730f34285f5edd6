// Where tests find their fixtures: in the source tree, or where INFERLAB_FIXTURES_FOLDER says, for
// tests that were carried to another machine.
#pragma once

#include <cstdlib>
#include <string>

namespace inferlab::test {

inline std::string fixturesFolder()
{
    const char *folder = std::getenv("INFERLAB_FIXTURES_FOLDER");
    return folder != nullptr ? folder : INFERLAB_FIXTURES;
}

} // namespace inferlab::test
