// Formats told by their first bytes, and the hash that names a file.
#include "engine/base/error.h"
#include "engine/files/file_format.h"
#include "engine/files/file_hash.h"
#include "support/gguf_writer.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <atomic>
#include <span>
#include <string>

using namespace inferlab;
using namespace inferlab::test;

namespace {

FileFormat formatOf(const std::string &bytes)
{
    return detectFormat(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

} // namespace

TEST_CASE("formats are told by their first bytes")
{
    CHECK(formatOf("GGUF\3") == FileFormat::Gguf);
    CHECK(formatOf("lmggxxxx") == FileFormat::GgmlLegacy);
    const std::string header = R"({"__metadata__":{"format":"pt"}})";
    CHECK(formatOf(littleEndian(header.size(), 8) + header) == FileFormat::Safetensors);
    CHECK(formatOf(std::string("\x08\x08\x12\x07pytorch", 11)) == FileFormat::Onnx);
    CHECK(formatOf("ftrt" + std::string(24, '\0')) == FileFormat::TensorRtPlan);
    CHECK(formatOf("PK\x03\x04") == FileFormat::PyTorch);
    CHECK(formatOf(std::string("\x0a\x0e\x0a\x05<unk>", 9)) == FileFormat::SentencePiece);
    CHECK(formatOf("\n {\"version\": \"1.0\"}") == FileFormat::Json);
    CHECK(formatOf("<html>") == FileFormat::Html);
    CHECK(formatOf("version https://git-lfs.github.com/spec/v1") == FileFormat::GitLfsPointer);
    CHECK(formatOf("") == FileFormat::Unknown);
    CHECK(formatOf(std::string(100, '\0')) == FileFormat::Unknown);
    CHECK(formatOf("hello") == FileFormat::Unknown);
}

TEST_CASE("a file's hash is its SHA-256")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    // FIPS 180-2, appendix B.1 and B.3.
    writeBytes(folder / "abc", "abc");
    CHECK(hashFile(folder / "abc")
          == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    writeBytes(folder / "million", std::string(1000000, 'a'));
    CHECK(hashFile(folder / "million")
          == "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    // Two pieces and a bit; computed with coreutils' sha256sum.
    writeBytes(folder / "pieces", std::string(2 * 1048576 + 1, 'a'));
    CHECK(hashFile(folder / "pieces")
          == "sha256:16a429a1e5162fcf59e3079724763e9afafcef1e2c7f862571e9267b3d959113");
}

TEST_CASE("hashing stops when asked, and says what cannot be read")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writeBytes(folder / "file", "abc");
    const std::atomic<bool> stop {true};
    CHECK_THROWS_AS(hashFile(folder / "file", &stop), Cancelled);
    CHECK_THROWS_WITH_AS(hashFile(folder / "none"),
                         doctest::Contains("none: expected a file that can be read"), InputError);
    CHECK_THROWS_AS(hashFile(folder.path()), InputError);
}
