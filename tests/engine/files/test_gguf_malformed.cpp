// One rule of the format broken at a time: each gives one line with what was expected and what was
// found.
#include "small_gguf.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

// Checks that opening fails with a line that names the file and holds all of `words`.
void checkRefused(const std::string &bytes, const std::vector<std::string> &words)
{
    const std::string line = openingBytesSays(bytes);
    CHECK(line.find("m.gguf: ") != std::string::npos);
    CHECK(line.find('\n') == std::string::npos);
    for (const std::string &word : words) {
        CAPTURE(line);
        CAPTURE(word);
        CHECK(line.find(word) != std::string::npos);
    }
}

void checkRefused(const GgufWriter &writer, const std::vector<std::string> &words)
{
    checkRefused(writer.bytes(), words);
}

GgufWriter withKey(const std::string &name, GgufValue value)
{
    GgufWriter writer = smallGguf();
    writer.setKey(name, std::move(value));
    return writer;
}

} // namespace

TEST_CASE("the file that the others are made from opens")
{
    CHECK(openingBytesSays(smallGguf().bytes()) == "opened");
    GgufWriter older = smallGguf();
    older.version = 2;
    CHECK(openingBytesSays(older.bytes()) == "opened");
}

TEST_CASE("magic and version")
{
    GgufWriter writer = smallGguf();
    writer.magic = "GGUX";
    checkRefused(writer, {"byte 0", "GGUF", "no format that this program knows"});
    checkRefused(std::string("GG"), {"byte 0"});
    checkRefused(std::string("tjgg\1\0\0\0", 8), {"before GGUF"});
    checkRefused(std::string("<!DOCTYPE html>"), {"web page"});
    checkRefused(std::string("version https://git-lfs.github.com/spec/v1\n"), {"Git LFS"});

    writer = smallGguf();
    for (const auto &[version, words] : std::vector<std::pair<uint32_t, std::string>> {
             {0, "found version 0"},
             {1, "found version 1 (an early layout"},
             {4, "found version 4 (newer"},
             {0x03000000, "version 3 in big-endian byte order"},
             {0xffffffff, "found version 4294967295"}}) {
        writer.version = version;
        checkRefused(writer, {"byte 4", "version 2 or 3", words});
    }
}

TEST_CASE("counts are compared with the file before memory is taken")
{
    for (const uint64_t count : {uint64_t {22}, uint64_t {30}, uint64_t {1000}, uint64_t {65537},
                                 uint64_t {1} << 31, uint64_t {1} << 60, ~uint64_t {0}}) {
        CAPTURE(count);
        GgufWriter writer = smallGguf();
        writer.keyCount = count;
        CHECK(openingBytesSays(writer.bytes()) != "opened");
        writer = smallGguf();
        writer.tensorCount = count;
        CHECK(openingBytesSays(writer.bytes()) != "opened");
    }
    GgufWriter writer = smallGguf();
    writer.keyCount = ~uint64_t {0};
    checkRefused(writer, {"the number of keys at byte 24", "18446744073709551615"});
    writer = smallGguf();
    writer.tensorCount = 100000;
    checkRefused(writer, {"the number of tensors", "room for", "found 100000"});
}

TEST_CASE("keys: their names and types")
{
    checkRefused(withKey("", ggufU8(1)), {"the name of key 21", "1 to 65535 bytes", "found 0"});
    checkRefused(withKey(std::string(65536, 'k'), ggufU8(1)), {"found 65536"});
    checkRefused(withKey("bad\nname", ggufU8(1)), {"printable ASCII", "byte 10"});
    checkRefused(withKey(std::string("nul\0", 4), ggufU8(1)), {"printable ASCII", "byte 0"});
    checkRefused(withKey("esc\x1b[2J", ggufU8(1)), {"byte 27"});
    GgufWriter twice = smallGguf();
    twice.addKey("v.bool", ggufBool(true));
    checkRefused(twice, {"key \"v.bool\"", "each key once"});
    checkRefused(withKey("odd", {13, "12345678"}), {"key \"odd\"", "type from 0 to 12", "type 13"});
    checkRefused(withKey("v.bool", {7, "\2"}), {"key \"v.bool\"", "bool of 0 or 1", "found 2"});
}

TEST_CASE("strings and arrays beyond the file")
{
    checkRefused(withKey("long", {8, littleEndian(1u << 20, 8) + "abc"}),
                 {"key \"long\"", "1048576 bytes"});
    checkRefused(withKey("huge", {8, littleEndian(~uint64_t {0}, 8)}),
                 {"key \"huge\"", "at most 67108864"});
    const auto array = [](uint32_t type, uint64_t count) {
        return GgufValue {9, littleEndian(type, 4) + littleEndian(count, 8)};
    };
    checkRefused(withKey("a", array(4, 1u << 30)), {"key \"a\", array length", "found 1073741824"});
    checkRefused(withKey("a", array(8, ~uint64_t {0})), {"key \"a\", array length"});
    checkRefused(withKey("a", array(13, 1)), {"key \"a\"", "element type from 0 to 12", "type 13"});
    checkRefused(withKey("a", ggufArray({ggufTexts({"x"})})), {"key \"a\"", "array of arrays"});
    checkRefused(withKey("a", ggufArray({{7, "\1"}, {7, "\2"}})), {"bool of 0 or 1"});
    GgufWriter many = smallGguf();
    many.addKey(
        "many",
        {9,
         littleEndian(0, 4) + littleEndian((1u << 24) + 1, 8) + std::string((1u << 24) + 1, 'x')});
    checkRefused(many, {"key \"many\"", "at most 16777216 elements"});
}

TEST_CASE("alignment")
{
    for (const uint32_t alignment : {0u, 1u, 4u, 24u, 33u, 1u << 21, 1u << 31}) {
        CAPTURE(alignment);
        checkRefused(withKey("general.alignment", ggufU32(alignment)),
                     {"general.alignment", "power of 2", "found " + std::to_string(alignment)});
    }
    checkRefused(withKey("general.alignment", ggufText("32")),
                 {"general.alignment", "another type"});
    GgufWriter wide = smallGguf();
    wide.setKey("general.alignment", ggufU32(256));
    checkRefused(wide, {"plain.weight"}); // the data still lies as for 32
    wide.alignment = 256;
    CHECK(openingBytesSays(wide.bytes()) == "opened");
}

TEST_CASE("tensors: their names")
{
    GgufWriter writer = smallGguf();
    writer.tensor("vector").name = "";
    checkRefused(writer, {"the name of tensor 2", "1 to 63 bytes", "found 0"});
    writer = smallGguf();
    writer.tensor("vector").name = std::string(64, 'n');
    checkRefused(writer, {"1 to 63 bytes", "found 64"});
    writer.tensor(std::string(64, 'n')).name = std::string(63, 'n');
    CHECK(openingBytesSays(writer.bytes()) == "opened");
    writer.tensor(std::string(63, 'n')).name = "tab\t";
    checkRefused(writer, {"printable ASCII", "byte 9"});
    writer.tensor("tab\t").name = "plain.weight";
    checkRefused(writer, {"tensor \"plain.weight\"", "each tensor once"});
}

TEST_CASE("tensors: their shapes")
{
    const auto withShape = [](std::vector<uint64_t> ne) {
        GgufWriter writer = smallGguf();
        writer.tensor("plain.weight").ne = std::move(ne);
        return writer;
    };
    checkRefused(withShape({5, 3, 1, 1, 1}),
                 {"tensor \"plain.weight\"", "at most 4 dimensions", "found 5"});
    checkRefused(withShape(std::vector<uint64_t>(200, 1)), {"at most 4 dimensions", "found 200"});
    checkRefused(withShape({5, 0}), {"dimensions of at least 1", "found 0"});
    checkRefused(withShape({uint64_t {1} << 32, uint64_t {1} << 31}), {"2^63"});
    checkRefused(withShape({uint64_t {1} << 32, uint64_t {1} << 32}), {"2^63"});
    checkRefused(withShape({~uint64_t {0}}), {"2^63"});
    checkRefused(withShape({uint64_t {1} << 62}), {"tensor \"plain.weight\"", "data of at most"});
    checkRefused(withShape({5, 1000}), {"data of at most"});
    CHECK(openingBytesSays(withShape({5, 3, 1, 1}).bytes()) == "opened");
}

TEST_CASE("tensors: their types")
{
    const auto withType = [](uint32_t type) {
        GgufWriter writer = smallGguf();
        writer.tensor("blocks.weight").type = type;
        return writer;
    };
    checkRefused(withType(4), {"tensor \"blocks.weight\"", "Q4_2 (type 4, removed"});
    checkRefused(withType(31), {"Q4_0_4_4 (type 31, removed"});
    checkRefused(withType(17),
                 {"a type that this program reads (F32 F16 Q4_0", "IQ2_XS (type 17)"});
    checkRefused(withType(24), {"I8 (type 24)"});
    checkRefused(withType(99), {"found type 99"});
    checkRefused(withType(~0u), {"found type 4294967295"});
    checkRefused(withType(static_cast<uint32_t>(DType::Q4_K)),
                 {"rows of a multiple of 256 elements (Q4_K)", "found 64"});
    GgufWriter uneven = smallGguf();
    uneven.tensor("blocks.weight").ne = {33, 2};
    checkRefused(uneven, {"rows of a multiple of 32 elements (Q8_0)", "found 33"});
}

TEST_CASE("tensors: where their data lies")
{
    const auto withOffset = [](const std::string &name, uint64_t offset) {
        GgufWriter writer = smallGguf();
        writer.tensor(name).offset = offset;
        return writer;
    };
    checkRefused(withOffset("plain.weight", 32),
                 {"tensor \"plain.weight\"", "offset 0", "found 32"});
    checkRefused(withOffset("blocks.weight", 65),
                 {"tensor \"blocks.weight\"", "offset 64", "found 65"});
    checkRefused(withOffset("blocks.weight", 32), {"offset 64", "found 32"}); // overlaps the first
    checkRefused(withOffset("blocks.weight", 96), {"offset 64", "found 96"}); // a hole
    checkRefused(withOffset("vector", ~uint64_t {0} - 31), {"tensor \"vector\""});
    GgufWriter outside = smallGguf();
    outside.tensor("vector").data = [] { return std::string(13, '\3'); };
    checkRefused(outside, {"tensor \"vector\"", "its data, bytes", "a file of"});
}
