// A file that is written whole or not at all.
#include "engine/base/error.h"
#include "engine/base/output_file.h"
#include "support/gguf_writer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include <sys/stat.h>

using namespace inferlab;
using namespace inferlab::test;

namespace {

std::string contentOf(const std::filesystem::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

size_t filesIn(const std::filesystem::path &folder)
{
    const std::filesystem::directory_iterator files(folder);
    return static_cast<size_t>(std::distance(begin(files), end(files)));
}

mode_t modeOf(const std::filesystem::path &path)
{
    struct stat status = {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

} // namespace

TEST_CASE("a commit takes the place of the older file, and nothing else is left")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "file", "older");
    OutputFile file(folder / "file");
    CHECK(contentOf(folder / "file") == "older");
    file.commit("newer");
    CHECK(contentOf(folder / "file") == "newer");
    CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("without a commit the older file stays as it was")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "file", "older");
    {
        const OutputFile unused(folder / "file");
        const OutputFile another(folder / "file"); // by another part of the program
        const OutputFile fresh(folder / "fresh");
        CHECK(filesIn(folder.path()) == 4);
    }
    CHECK(contentOf(folder / "file") == "older");
    CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("a new file's mode is any new file's; one that is replaced keeps its own")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const mode_t before = ::umask(027);
    OutputFile(folder / "fresh").commit("x");
    ::umask(before);
    CHECK(modeOf(folder / "fresh") == 0640);
    writeBytes(folder / "private", "x");
    REQUIRE(::chmod((folder / "private").c_str(), 0600) == 0);
    OutputFile(folder / "private").commit("y");
    CHECK(modeOf(folder / "private") == 0600);
}

TEST_CASE("a symbolic link stays one: the file that it names is replaced")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "file", "older");
    std::filesystem::create_symlink("file", folder / "link");
    OutputFile(folder / "link").commit("newer");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(contentOf(folder / "file") == "newer");
}

TEST_CASE("what is no place for a file is refused at once")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    CHECK_THROWS_WITH_AS(OutputFile(folder.path()), doctest::Contains("found a folder"),
                         InputError);
    CHECK_THROWS_WITH_AS(OutputFile("/dev/full"), doctest::Contains("found a device or a pipe"),
                         InputError);
    CHECK_THROWS_WITH_AS(OutputFile(folder / "none" / "file"),
                         doctest::Contains("No such file or directory"), InputError);
    CHECK(filesIn(folder.path()) == 0);
}
