// Base64 by the RFC's own examples, every length, and texts that are none.
#include "engine/measure/base64.h"

#include <doctest/doctest.h>

#include <random>

using namespace inferlab;

TEST_CASE("the examples of RFC 4648")
{
    const std::pair<const char *, const char *> examples[] = {{"", ""},
                                                              {"f", "Zg=="},
                                                              {"fo", "Zm8="},
                                                              {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg=="},
                                                              {"fooba", "Zm9vYmE="},
                                                              {"foobar", "Zm9vYmFy"}};
    for (const auto &[bytes, text] : examples) {
        CHECK(toBase64(bytes) == text);
        CHECK(fromBase64(text) == std::string(bytes));
    }
}

TEST_CASE("bytes of every length and value come back")
{
    std::mt19937 random(6);
    for (size_t length = 0; length < 300; ++length) {
        std::string bytes(length, '\0');
        for (char &c : bytes)
            c = static_cast<char>(random() & 0xff);
        REQUIRE(fromBase64(toBase64(bytes)) == bytes);
    }
}

TEST_CASE("what is no base64 is refused")
{
    for (const char *text :
         {"Z", "Zg", "Zg=", "Zg===", "====", "Zm9=", "Zh==", "Zm 9", "Zg==Zg==", "Zm9v\n", "Zm9-"})
        CHECK_FALSE(fromBase64(text).has_value());
}
