// Which devices a build's code serves, by the rules of machine code and PTX.
#include "kernels/cuda/code_targets.h"

#include <doctest/doctest.h>

using namespace inferlab::cuda;

TEST_CASE("machine code runs on its major number from its own capability on")
{
    constexpr const char *kReal = "80-real 90-real";
    CHECK(hasCodeFor(kReal, 8, 0));
    CHECK(hasCodeFor(kReal, 8, 6));
    CHECK(hasCodeFor(kReal, 8, 9));
    CHECK(hasCodeFor(kReal, 9, 0));
    CHECK_FALSE(hasCodeFor(kReal, 7, 5));
    CHECK_FALSE(hasCodeFor(kReal, 10, 0));
    CHECK_FALSE(hasCodeFor("86-real", 8, 0));
}

TEST_CASE("PTX runs on all that is newer")
{
    for (const char *targets : {"80-real 90", "90-virtual"}) {
        CHECK(hasCodeFor(targets, 9, 0));
        CHECK(hasCodeFor(targets, 10, 0));
        CHECK(hasCodeFor(targets, 12, 0));
    }
    CHECK_FALSE(hasCodeFor("90-virtual", 8, 9));
    CHECK_FALSE(hasCodeFor("90", 8, 0));
    CHECK(hasCodeFor("75-virtual", 8, 6));
    CHECK_FALSE(hasCodeFor("", 9, 0));
}

TEST_CASE("targets in words")
{
    CHECK(targetsText("80-real 90-real") == "8.0 and 9.0");
    CHECK(targetsText("75-real 80-real 100-real 120") == "7.5, 8.0, 10.0 and 12.0, and later ones");
    CHECK(targetsText("86-real") == "8.6");
}
