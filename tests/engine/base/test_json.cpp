// JSON from people and other programs: what is read, what is refused, and where the message points.
#include "engine/base/error.h"
#include "engine/base/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace inferlab;

namespace {

std::string refusal(std::string_view text, const JsonLimits &limits = {})
{
    try {
        parseJson(text, "in.json", limits);
    } catch (const InputError &error) {
        return error.what();
    }
    return "read";
}

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

std::string nested(int depth)
{
    return std::string(static_cast<size_t>(depth), '[')
        + std::string(static_cast<size_t>(depth), ']');
}

} // namespace

TEST_CASE("a document is read, and its members keep their order")
{
    const std::string source = "in.json";
    const Json root =
        parseJson(R"({"z": [1, -2, 2.5, true, null], "a": {"text": "\u00e9\n"}})", source);
    const JsonCursor cursor(root, source);
    CHECK(root.begin().key() == "z");
    CHECK(cursor.at("z").size() == 5);
    CHECK(cursor.at("z").at(size_t {1}).integer(-5, 5) == -2);
    CHECK(cursor.at("z").at(size_t {2}).number() == 2.5);
    CHECK(cursor.at("z").at(size_t {3}).boolean());
    CHECK(cursor.at("z").at(size_t {4}).isNull());
    CHECK(cursor.at("a").at("text").text() == "\xc3\xa9\n");
    CHECK_FALSE(cursor.find("b").has_value());
    CHECK(jsonText(parseJson(jsonText(root), source)) == jsonText(root));
}

TEST_CASE("what is not JSON is refused with its place")
{
    CHECK(contains(refusal(""), "line 1, column 1"));
    CHECK(contains(refusal("{\"a\": 1,\n  \"b\": }"), "line 2, column 8"));
    CHECK(contains(refusal("{} x"), "in.json"));
    CHECK(contains(refusal("[1, 2"), "expected JSON"));
    CHECK(contains(refusal("\"\xff\""), "UTF-8"));
    CHECK(contains(refusal("[NaN]"), "line 1"));
    CHECK(contains(refusal("[1e999]"), "overflow"));
}

TEST_CASE("a long piece of nonsense gives a short line")
{
    CHECK(refusal("\"" + std::string(100000, 'x')).size() < 400);
}

TEST_CASE("a key that comes twice in one object is refused")
{
    CHECK(contains(refusal(R"({"a": 1, "b": 2, "a": 3})"), "\"a\" twice"));
    CHECK(refusal(R"({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]})") == "read");
}

TEST_CASE("nesting is limited, and a million levels do not overflow the stack")
{
    CHECK(refusal(nested(64)) == "read");
    CHECK(contains(refusal(nested(65)), "64 deep"));
    CHECK(contains(refusal(nested(1000000)), "64 deep"));
    CHECK(contains(refusal(std::string(1000000, '[')), "64 deep"));
}

TEST_CASE("size is limited")
{
    JsonLimits limits;
    limits.maxBytes = 10;
    CHECK(refusal("[1,2,3,4]", limits) == "read");
    CHECK(contains(refusal("[1,2,3,4,5]", limits), "10 bytes"));
}

TEST_CASE("integers are neither wrapped nor rounded")
{
    const std::string source = "in.json";
    const Json root = parseJson(
        "[-1, 4294967296, 18446744073709551615, 1.0, 3.5, \"1\", 9223372036854775807]", source);
    const JsonCursor cursor(root, source);
    const auto at = [&](size_t i) { return cursor.at(i); };
    CHECK_THROWS_WITH_AS(at(0).integer(0, 10),
                         doctest::Contains("[0]: expected an integer from 0 to 10, found -1"),
                         InputError);
    CHECK_THROWS_AS(at(1).integer(0, std::numeric_limits<uint32_t>::max()), InputError);
    CHECK(at(1).integer(0, int64_t {1} << 33) == int64_t {1} << 32);
    CHECK_THROWS_AS(at(2).integer(0, std::numeric_limits<int64_t>::max()), InputError);
    CHECK_THROWS_AS(at(2).integer(-10, 10), InputError);
    CHECK_THROWS_AS(at(3).integer(0, 10), InputError);
    CHECK_THROWS_AS(at(4).integer(0, 10), InputError);
    CHECK_THROWS_WITH_AS(at(5).integer(0, 10), doctest::Contains("found string"), InputError);
    CHECK(at(6).integer(0, std::numeric_limits<int64_t>::max())
          == std::numeric_limits<int64_t>::max());
}

TEST_CASE("a wrong value is named by its path")
{
    const std::string source = "run.json";
    const Json root = parseJson(R"({"requests": [{"tokens": [{"ns": "late"}]}]})", source);
    const JsonCursor token =
        JsonCursor(root, source).at("requests").at(size_t {0}).at("tokens").at(size_t {0});
    CHECK(token.path() == "requests[0].tokens[0]");
    CHECK_THROWS_WITH_AS(
        token.at("ns").integer(0, 1),
        "run.json: requests[0].tokens[0].ns: expected an integer from 0 to 1, found string",
        InputError);
    CHECK_THROWS_WITH_AS(token.at("count"), doctest::Contains("a member \"count\""), InputError);
    CHECK_THROWS_WITH_AS(token.at(size_t {0}), doctest::Contains("an array"), InputError);
    CHECK_THROWS_WITH_AS(JsonCursor(root, source).at("requests").at(size_t {1}),
                         doctest::Contains("found 1"), InputError);
}

TEST_CASE("writing bytes that are not UTF-8 does not fail")
{
    CHECK(jsonText(Json {{"piece", "a\xff"}}) == "{\"piece\":\"a\xef\xbf\xbd\"}");
}

TEST_CASE("an object with many members is read in linear time")
{
    std::string text = "{";
    for (int i = 0; i < 200000; ++i)
        text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
    text += "}";
    const Json root = parseJson(text, "in.json");
    CHECK(root.size() == 200000);
    CHECK(root["k199999"] == 199999);
}
