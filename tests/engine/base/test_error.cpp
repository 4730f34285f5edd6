// The line that an InputError becomes.
#include "engine/base/error.h"

#include <doctest/doctest.h>

#include <string>

using namespace inferlab;

TEST_CASE("the parts make one line, empty ones left out")
{
    CHECK(std::string(InputError("f", "byte 3", "1", "2").what())
          == "f: byte 3: expected 1, found 2");
    CHECK(std::string(InputError("f", "", "1", "2").what()) == "f: expected 1, found 2");
    CHECK(std::string(InputError("f", "byte 3", "", "2").what()) == "f: byte 3: found 2");
    CHECK(std::string(InputError("", "", "1", "").what()) == "expected 1");
    CHECK(std::string(InputError("a line").what()) == "a line");
}

TEST_CASE("a hostile value neither breaks the line nor fills the screen")
{
    CHECK(std::string(InputError("f", "", "1",
                                 "a\n\x1b[31m\x7f\xc2\x9b"
                                 "b\xc3\xa9")
                          .what())
          == "f: expected 1, found a??[31m??b\xc3\xa9");
    const std::string line = InputError("f", "", "1", std::string(100000, 'x')).what();
    CHECK(line.size() < 600);
    CHECK(line.ends_with("..."));
    // Cut between characters.
    std::string accents = "x";
    for (int i = 0; i < 1000; ++i)
        accents += "\xc3\xa9";
    const std::string cut = InputError("f", "", "1", accents).what();
    CHECK(cut.ends_with("\xc3\xa9..."));
}
