// Numbers as text: exact ones read back, short ones are readable, and no locale changes them.
#include "engine/base/number_text.h"

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

TEST_CASE("numbers for people have commas between thousands and stand under each other")
{
    CHECK(groupedText(0) == "0");
    CHECK(groupedText(999) == "999");
    CHECK(groupedText(1000) == "1,000");
    CHECK(groupedText(std::numeric_limits<uint64_t>::max()) == "18,446,744,073,709,551,615");
    CHECK(fixedText(1234567.891, 2) == "1,234,567.89");
    CHECK(fixedText(-1234.5, 1) == "-1,234.5");
    CHECK(fixedText(-123.5, 1) == "-123.5");
    CHECK(fixedText(-0.001, 2) == "0.00");
    CHECK(fixedText(999.96, 1) == "1,000.0");
    CHECK(fixedText(std::numeric_limits<double>::infinity(), 1) == "inf");
    CHECK(decimalsFor(12345.0, 4) == 0);
    CHECK(decimalsFor(99.5, 4) == 2);
    CHECK(decimalsFor(1.0, 4) == 3);
    CHECK(decimalsFor(-0.05, 3) == 4);
    CHECK(decimalsFor(0.0, 4) == 0);
    CHECK(decimalsFor(1e-9, 4) == 4);
}

TEST_CASE("rates and durations have the digits that a measurement repeats")
{
    CHECK(rateText(0.314) == "0.31");
    CHECK(rateText(12.34) == "12.3");
    CHECK(rateText(99.96) == "100");
    CHECK(rateText(1234.5) == "1,234"); // to even, as the tie is exact in binary
    CHECK(durationText(0.0314) == "31 ms");
    CHECK(durationText(0.0995) == "0.10 s");
    CHECK(durationText(0.314) == "0.31 s");
    CHECK(durationText(12.34) == "12.3 s");
    CHECK(durationText(59.96) == "1 min 0 s");
    CHECK(durationText(3725) == "62 min 5 s");
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
