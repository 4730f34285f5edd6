// Hashes kept from start to start: right whatever the cache holds, and fast when it is right.
#include "engine/base/error.h"
#include "engine/files/hash_cache.h"
#include "support/gguf_writer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

using namespace inferlab;
using namespace inferlab::test;

namespace {

namespace fs = std::filesystem;

// Of the texts "abc" (FIPS 180-2, appendix B.1) and "abd" (coreutils' sha256sum).
const std::string kAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kAbd = "sha256:a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9";

std::string contentOf(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Answer
{
    std::string hash;
    bool computed = false; // it was read through, not looked up
};

Answer ask(const fs::path &file, const fs::path &cache)
{
    Answer answer;
    answer.hash =
        cachedFileHash(file, cache, nullptr, [&](uint64_t, uint64_t) { answer.computed = true; });
    return answer;
}

} // namespace

TEST_CASE("a file is read through once, whatever path names it")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "new" / "hashes.json";
    writeBytes(folder / "abc", "abc");
    fs::create_symlink("abc", folder / "link");
    const Answer first = ask(folder / "abc", cache);
    CHECK(first.hash == kAbc);
    CHECK(first.computed);
    for (const fs::path &name : {folder / "abc", folder / "new/../abc", folder / "link"}) {
        CAPTURE(name);
        const Answer again = ask(name, cache);
        CHECK(again.hash == kAbc);
        CHECK(!again.computed);
    }
}

TEST_CASE("a changed file is read again: another time, another size, another inode")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "hashes.json";
    const fs::path file = folder / "file";
    writeBytes(file, "abc");
    const auto time = fs::last_write_time(file);
    ask(file, cache);

    writeBytes(file, "abd"); // in place, of the same size, a nanosecond later
    fs::last_write_time(file, time + std::chrono::nanoseconds(1));
    CHECK(ask(file, cache).hash == kAbd);
    CHECK(!ask(file, cache).computed);

    writeBytes(file, "a million");
    writeBytes(file, "abc!");
    fs::last_write_time(file, time + std::chrono::nanoseconds(1));
    CHECK(ask(file, cache).computed);

    writeBytes(folder / "other", "abc!"); // takes its place with all else equal
    fs::last_write_time(folder / "other", time + std::chrono::nanoseconds(1));
    fs::rename(folder / "other", file);
    CHECK(ask(file, cache).computed);
    CHECK(!ask(file, cache).computed);
}

TEST_CASE("a damaged cache is no cache, wherever it is cut, and is repaired")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "hashes.json";
    writeBytes(folder / "abc", "abc");
    ask(folder / "abc", cache);
    const std::string whole = contentOf(cache);
    for (size_t length = 0; length + 2 < whole.size(); ++length) {
        CAPTURE(length);
        writeBytes(cache, whole.substr(0, length));
        const Answer answer = ask(folder / "abc", cache);
        CHECK(answer.hash == kAbc);
        CHECK(answer.computed);
        CHECK(contentOf(cache) == whole);
    }
    for (const std::string damage :
         {"[]", "{\"version\": 2, \"files\": []}", "{\"version\": 1, \"files\": [{\"path\": 3}]}",
          "{\"version\": 1, \"files\": 7}", "\xff\xfe"}) {
        CAPTURE(damage);
        writeBytes(cache, damage);
        CHECK(ask(folder / "abc", cache).hash == kAbc);
        CHECK(contentOf(cache) == whole);
    }
    // One that looks whole but holds no hash.
    std::string bent = whole;
    bent.replace(bent.find("sha256:") + 7, 4, "zzzz");
    writeBytes(cache, bent);
    CHECK(ask(folder / "abc", cache).hash == kAbc);
}

TEST_CASE("a cache that cannot be written is no error")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "abc", "abc");
    for (const fs::path &cache :
         {fs::path(), fs::path("/proc/nowhere/hashes.json"), folder / "abc" / "hashes.json",
          folder.path(), fs::path("/dev/full"), fs::path("/dev/full/hashes.json")}) {
        CAPTURE(cache);
        CHECK(ask(folder / "abc", cache).hash == kAbc);
        CHECK(ask(folder / "abc", cache).computed);
    }
    CHECK(contentOf(folder / "abc") == "abc");
}

TEST_CASE("a stop keeps nothing; what cannot be read is said as without a cache")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "hashes.json";
    writeBytes(folder / "abc", "abc");
    const std::atomic<bool> stop {true};
    CHECK_THROWS_AS(cachedFileHash(folder / "abc", cache, &stop), Cancelled);
    CHECK_THROWS_WITH_AS(cachedFileHash(folder / "none", cache),
                         doctest::Contains("none: expected a file that can be read"), InputError);
    CHECK(!fs::exists(cache));
}

TEST_CASE("a file that changes while it is read is not kept")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "hashes.json";
    writeBytes(folder / "abc", "abc");
    cachedFileHash(folder / "abc", cache, nullptr,
                   [&](uint64_t, uint64_t) { writeBytes(folder / "abc", "abc and more"); });
    CHECK(!fs::exists(cache));
}

TEST_CASE("progress is in the file's bytes")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const uint64_t size = (3U << 20) + 5;
    writeBytes(folder / "file", std::string(size, 'a'));
    std::vector<uint64_t> seen;
    cachedFileHash(folder / "file", {}, nullptr, [&](uint64_t done, uint64_t total) {
        CHECK(total == size);
        seen.push_back(done);
    });
    CHECK(seen == std::vector<uint64_t> {1U << 20, 2U << 20, 3U << 20, size});
}

TEST_CASE("names that are not UTF-8 are told apart; the oldest entries go when there are many")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const fs::path cache = folder / "hashes.json";
    writeBytes(folder / "caf\xe9", "abc");
    writeBytes(folder / "caf\xe8", "abd");
    CHECK(ask(folder / "caf\xe9", cache).hash == kAbc);
    CHECK(!ask(folder / "caf\xe9", cache).computed);
    CHECK(ask(folder / "caf\xe8", cache).hash == kAbd);

    writeBytes(folder / "first", "abc");
    ask(folder / "first", cache);
    for (int i = 0; i < 199; ++i) {
        const fs::path file = folder / ("file" + std::to_string(i));
        writeBytes(file, "abc");
        ask(file, cache);
    }
    CHECK(!ask(folder / "first", cache).computed); // one of 200
    writeBytes(folder / "last", "abc");
    ask(folder / "last", cache);
    CHECK(ask(folder / "first", cache).computed);
    CHECK(!ask(folder / "last", cache).computed);
}
