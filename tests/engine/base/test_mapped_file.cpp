// Mapping files, and reading bytes that nobody vouches for.
#include "engine/base/byte_reader.h"
#include "engine/base/error.h"
#include "engine/base/mapped_file.h"
#include "support/gguf_writer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include <sys/stat.h>

using namespace inferlab;
using namespace inferlab::test;

TEST_CASE("a mapping shows the file's bytes and survives a move and the file's removal")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const std::string content = std::string(10000, 'a') + "end";
    writeBytes(folder / "file", content);
    MappedFile first(folder / "file");
    MappedFile second(std::move(first));
    MappedFile third;
    third = std::move(second);
    std::filesystem::remove(folder / "file");
    REQUIRE(third.size() == content.size());
    third.releasePages(0, third.size());
    third.releasePages(4000, 100);
    third.releasePages(9999, ~uint64_t {0});
    third.releasePages(1u << 30, 1);
    CHECK(std::string(reinterpret_cast<const char *>(third.bytes().data()), third.bytes().size())
          == content);
}

TEST_CASE("what is not a file with content is refused in words")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    CHECK_THROWS_WITH_AS(MappedFile(folder / "none"), doctest::Contains("found no such file"),
                         InputError);
    CHECK_THROWS_WITH_AS(MappedFile(folder.path()), doctest::Contains("found a folder"),
                         InputError);
    writeBytes(folder / "empty", "");
    CHECK_THROWS_WITH_AS(MappedFile(folder / "empty"), doctest::Contains("found an empty file"),
                         InputError);
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK_THROWS_WITH_AS(MappedFile(folder / "pipe"), doctest::Contains("found a pipe"),
                         InputError);
    CHECK_THROWS_WITH_AS(MappedFile("/dev/null"), doctest::Contains("found a device"), InputError);
}

TEST_CASE("little-endian values are read in order, and never beyond the end")
{
    const std::string bytes("\x01\x02\x03\x04\x05\x06\x07\x00\x00\x00\x00\x00\x00\x80\x3f"
                            "abc",
                            18);
    ByteReader reader(std::as_bytes(std::span(bytes.data(), bytes.size())), "in.bin");
    CHECK(reader.u8("a") == 1);
    CHECK(reader.u16("b") == 0x0302);
    CHECK(reader.u64("c") == 0x0000000007060504u);
    CHECK(reader.f32("d") == 1.0f);
    CHECK(reader.offset() == 15);
    CHECK(reader.text(2, "e") == "ab");
    CHECK_THROWS_WITH_AS(
        reader.u32("the rest"),
        "in.bin: the rest at byte 17: expected 4 bytes, found 1 before the end of the file",
        InputError);
    CHECK_THROWS_AS(reader.skip(2, "f"), InputError);
    CHECK_THROWS_AS(reader.text(~uint64_t {0}, "g"), InputError);
    CHECK(reader.offset() == 17); // a refused read moves nothing
    CHECK(reader.u8("h") == 'c');
    CHECK(reader.remaining() == 0);
    CHECK(reader.text(0, "i").empty());
}

TEST_CASE("room is checked without overflow")
{
    const std::string bytes(100, 'x');
    const ByteReader reader(std::as_bytes(std::span(bytes.data(), bytes.size())), "in.bin");
    CHECK_NOTHROW(reader.expectRoom(10, 10, "rows"));
    CHECK_THROWS_WITH_AS(reader.expectRoom(11, 10, "rows"), doctest::Contains("at most 10"),
                         InputError);
    CHECK_THROWS_AS(reader.expectRoom(uint64_t {1} << 61, 8, "rows"), InputError);
    CHECK_THROWS_AS(reader.expectRoom(~uint64_t {0}, 2, "rows"), InputError);
}
