// Files cut anywhere and files with random damage: one line or a file that opens, never a crash.
// Meant to run under the address and undefined-behaviour sanitizers as well.
#include "small_gguf.h"

#include "support/random_blocks.h"
#include "support/random_model.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

TEST_CASE("a small file cut at every byte is refused")
{
    const std::string whole = smallGguf().bytes();
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "cut.gguf";
    for (size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        writeBytes(path, whole.substr(0, length));
        const std::string line = openingSays(path);
        REQUIRE(line != "opened");
        REQUIRE(line.find("cut.gguf: ") != std::string::npos);
    }
}

TEST_CASE("a model cut at every structural boundary, and one byte before and after, is refused")
{
    RandomModelSpec spec;
    spec.layers = 1;
    spec.vocabulary = kMinVocabulary;
    std::vector<uint64_t> boundaries;
    const std::string whole = makeRandomModel(spec).bytes(&boundaries);
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "cut.gguf";
    REQUIRE(boundaries.size() > 150);
    for (const uint64_t boundary : boundaries) {
        for (const uint64_t length : {boundary - 1, boundary, boundary + 1}) {
            if (length >= whole.size())
                continue; // before the first byte
            CAPTURE(length);
            writeBytes(path, whole.substr(0, length));
            REQUIRE(openingSays(path) != "opened");
        }
    }
}

TEST_CASE("a file cut inside a long array says which key")
{
    RandomModelSpec spec;
    spec.layers = 1;
    const std::string whole = makeRandomModel(spec).bytes();
    const size_t tokens = whole.find("tokenizer.ggml.tokens");
    REQUIRE(tokens != std::string::npos);
    const std::string line = openingBytesSays(whole.substr(0, tokens + 200));
    CAPTURE(line);
    CHECK(line.find("key \"tokenizer.ggml.tokens\"") != std::string::npos);
}

TEST_CASE("random damage to the header gives a line or opens")
{
    const std::string whole = smallGguf().bytes();
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "damaged.gguf";
    SeededRandom random(20240611);
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        CAPTURE(round);
        std::string damaged = whole;
        const uint64_t changes = 1 + random.below(4);
        for (uint64_t i = 0; i < changes; ++i) {
            // Half of the changes are single bits, the others bytes that lengths and types are made
            // of.
            char &byte = damaged[random.below(damaged.size())];
            if (random.below(2) == 0)
                byte = static_cast<char>(byte ^ (1 << random.below(8)));
            else
                byte = static_cast<char>(random.below(2) == 0 ? 0xff : random.below(16));
        }
        writeBytes(path, damaged);
        try {
            const auto file = GgufFile::open(path);
            // Whatever opened can be read to its last byte, and is what stands in the file.
            for (const TensorEntry &tensor : file->tensors()) {
                REQUIRE(tensor.fileOffset <= damaged.size());
                REQUIRE(tensor.bytes <= damaged.size() - tensor.fileOffset);
                REQUIRE(tensor.bytes == rowBytes(tensor.dtype, tensor.elements()));
                REQUIRE(std::memcmp(tensor.data, damaged.data() + tensor.fileOffset, tensor.bytes)
                        == 0);
            }
        } catch (const InputError &) {
            ++refused;
        }
    }
    CHECK(refused > 1000); // the damage does hit what is checked
    CHECK(refused < 4000);
}
