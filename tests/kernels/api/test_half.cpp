// 16-bit floats: every half survives the way through float32, and rounding is to nearest even.
#include "kernels/api/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace inferlab;

TEST_CASE("every half value survives the way through float32")
{
    for (uint32_t bits = 0; bits < 0x10000u; ++bits) {
        const auto half = static_cast<uint16_t>(bits);
        const float value = halfToFloat(half);
        if (std::isnan(value)) {
            CHECK(std::isnan(halfToFloat(floatToHalf(value))));
            continue;
        }
        REQUIRE(floatToHalf(value) == half);
    }
}

TEST_CASE("halves between two neighbours round to the nearer, ties to even")
{
    for (uint32_t bits = 0; bits < 0x7bffu; ++bits) {
        const float low = halfToFloat(static_cast<uint16_t>(bits));
        const float high = halfToFloat(static_cast<uint16_t>(bits + 1));
        const float middle = low + (high - low) / 2;
        REQUIRE(floatToHalf(middle) == ((bits & 1u) != 0 ? bits + 1 : bits));
        REQUIRE(floatToHalf(std::nextafter(middle, low)) == bits);
        REQUIRE(floatToHalf(std::nextafter(middle, high)) == bits + 1);
    }
}

TEST_CASE("large values become infinity at the right place")
{
    CHECK(floatToHalf(65504.0f) == 0x7bff);
    CHECK(floatToHalf(65519.996f) == 0x7bff);
    CHECK(floatToHalf(65520.0f) == 0x7c00);
    CHECK(floatToHalf(-std::numeric_limits<float>::infinity()) == 0xfc00);
}

TEST_CASE("bfloat16 rounds to nearest even")
{
    CHECK(floatToBfloat16(1.0f) == 0x3f80);
    CHECK(floatToBfloat16(std::bit_cast<float>(0x3f808000u)) == 0x3f80);
    CHECK(floatToBfloat16(std::bit_cast<float>(0x3f818000u)) == 0x3f82);
    CHECK(std::isnan(bfloat16ToFloat(floatToBfloat16(std::numeric_limits<float>::quiet_NaN()))));
}
