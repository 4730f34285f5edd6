// Instruction sets: names go both ways, and what the machine runs is a rising list.
#include "kernels/cpu/isa.h"

#include <doctest/doctest.h>

using namespace inferlab;

TEST_CASE("every instruction set is found by its name")
{
    for (Isa isa : {Isa::Portable, Isa::Avx2, Isa::Avx512, Isa::Amx}) {
        CHECK(isaFromName(isaName(isa)) == isa);
        CHECK(!isaTitle(isa).empty());
    }
    CHECK(isaFromName("AVX2") == std::nullopt);
    CHECK(isaFromName("") == std::nullopt);
}

TEST_CASE("the list of what this machine runs ends with the best")
{
    const std::vector<Isa> isas = availableIsas();
    REQUIRE(!isas.empty());
    CHECK(isas.front() == Isa::Portable);
    CHECK(isas.back() == detectIsa());
    for (size_t i = 1; i < isas.size(); ++i)
        CHECK(isas[i - 1] < isas[i]);
}
