// Numbers as text: exact ones read back, short ones are readable, and no locale changes them.
#include "engine/measure/number_text.h"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <clocale>
#include <cmath>
#include <limits>
#include <random>

using namespace inferlab;

TEST_CASE("exact text reads back as the same number")
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 10000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value))
            continue;
        const std::string text = exactText(value);
        double back = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), back);
        REQUIRE(result.ec == std::errc());
        REQUIRE(std::bit_cast<uint64_t>(back) == std::bit_cast<uint64_t>(value));
    }
    CHECK(exactText(0.1f) == "0.1");
    CHECK(exactText(0.1) == "0.1");
    CHECK(exactText(std::numeric_limits<double>::quiet_NaN()).empty());
    CHECK(exactText(std::numeric_limits<float>::infinity()).empty());
}

TEST_CASE("short text has few digits, no exponent for usual sizes, no trailing zeros")
{
    CHECK(shortText(32) == "32");
    CHECK(shortText(0) == "0");
    CHECK(shortText(-0.0) == "0");
    CHECK(shortText(21.132075, 5) == "21.132");
    CHECK(shortText(0.0005) == "0.0005");
    CHECK(shortText(0.00049261, 3) == "0.000493");
    CHECK(shortText(1234567.8) == "1234568");
    CHECK(shortText(-2.5) == "-2.5");
    CHECK(shortText(100000) == "100000");
    CHECK(shortText(999.9999999) == "1000");
    CHECK(shortText(1.7e300, 3) == "1.7e+300");
    CHECK(shortText(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("the decimal point does not follow the system's language")
{
    const std::string before = std::setlocale(LC_ALL, nullptr);
    // Where the German locale is not installed this checks the C locale once more.
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    const std::string exact = exactText(1234.5);
    const std::string brief = shortText(1234.5);
    std::setlocale(LC_ALL, before.c_str());
    CHECK(exact == "1234.5");
    CHECK(brief == "1234.5");
}
