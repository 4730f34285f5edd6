// Streaming UTF-8: any split of any bytes gives the same text, and never part of a character.
#include "engine/text/utf8_stream.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace inferlab;

namespace {

const std::string kReplacement = "\xef\xbf\xbd";

std::string streamed(const std::vector<std::string> &parts)
{
    Utf8Stream stream;
    std::string text;
    for (const std::string &part : parts) {
        const std::string piece = stream.push(part);
        CHECK(isValidUtf8(piece));
        text += piece;
    }
    return text + stream.finish();
}

std::string randomBytes(std::mt19937 &random)
{
    static const std::vector<std::string> kParts = {"a",
                                                    " ",
                                                    "é",
                                                    "日本",
                                                    "🚀",
                                                    "👩‍🚀",
                                                    "\x80",
                                                    "\xc0",
                                                    "\xc2",
                                                    "\xe0\x80",
                                                    "\xe2\x82",
                                                    "\xed\xa0\x80",
                                                    "\xf0\x9f",
                                                    "\xf0\x9f\x9a",
                                                    "\xf4\x90\x80\x80",
                                                    "\xf5",
                                                    "\xff",
                                                    std::string(1, '\0')};
    std::string text;
    for (unsigned i = 0; i < random() % 12; ++i)
        text += kParts[random() % kParts.size()];
    return text;
}

} // namespace

TEST_CASE("ill-formed parts become one U+FFFD each, as the standard's examples have it")
{
    struct Case
    {
        std::string bytes;
        std::string text;
    };
    const std::string r = kReplacement;
    const std::vector<Case> cases = {
        {"", ""},
        {"plain", "plain"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80", "é€🚀"},
        {std::string("a\0b", 3), std::string("a\0b", 3)},
        // Unicode 15, table 3-8: overlong and other forms that cannot begin.
        {"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", r + r + r + r + r + r + r + r + "A"},
        // Table 3-9: surrogates.
        {"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", r + r + r + r + r + r + r + r + "A"},
        // Table 3-10: other ill-formed sequences.
        {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", r + r + r + r + r + "A" + r + r + "B"},
        // Table 3-11: truncated sequences.
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", r + r + r + r + "A"},
        {"x\xf0\x9f\x9a", "x" + r},
    };
    for (const Case &c : cases) {
        CAPTURE(c.text);
        CHECK(toValidUtf8(c.bytes) == c.text);
        CHECK(streamed({c.bytes}) == c.text);
        CHECK(isValidUtf8(c.bytes) == (c.bytes == c.text));
    }
}

TEST_CASE("a character appears with its last byte")
{
    Utf8Stream stream;
    CHECK(stream.push("\xf0").empty());
    CHECK(stream.push("\x9f\x9a").empty());
    CHECK(stream.push("\x80!") == "🚀!");
    CHECK(stream.push("\xe2\x82") == "");
    CHECK(stream.push("a") == kReplacement + "a");
    CHECK(stream.finish().empty());
    CHECK(stream.push("\xc3").empty());
    CHECK(stream.finish() == kReplacement);
    CHECK(stream.finish().empty());
}

TEST_CASE("any split of any bytes gives the text of the whole")
{
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        const std::string bytes = randomBytes(random);
        const std::string whole = toValidUtf8(bytes);
        CHECK(isValidUtf8(whole));
        std::vector<std::string> single;
        std::vector<std::string> parts(1);
        for (const char c : bytes) {
            single.emplace_back(1, c);
            if (random() % 3 == 0)
                parts.emplace_back();
            parts.back() += c;
        }
        CHECK(streamed(single) == whole);
        CHECK(streamed(parts) == whole);
    }
}
