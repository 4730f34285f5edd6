// Whole models with random damage to their metadata: each is refused with a reason, or its
// configuration, tokenizer and template can be used. Meant to run under the sanitizers as well.
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/model_summary.h"
#include "engine/text/tokenizer.h"
#include "support/gguf_writer.h"
#include "support/random_blocks.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace inferlab;
using namespace inferlab::test;

namespace {

struct Outcome
{
    int unopened = 0; // the file's structure
    int refused = 0;  // configuration, tokenizer, template
    int usable = 0;
};

void useTokenizer(const GgufFile &file)
{
    const auto tokenizer = makeTokenizer(file);
    const std::string text = "The quick br\xc3\xb6wn fox,\n 42 <|im_start|> \xff";
    for (const SpecialTokens special : {SpecialTokens::Plain, SpecialTokens::Parsed}) {
        const auto ids = tokenizer->encode(text, special);
        for (const int32_t id : ids)
            REQUIRE((id >= 0 && id < tokenizer->vocabularySize()));
        REQUIRE(tokenizer->decode(ids).size() < 10000000);
    }
}

Outcome damage(const std::string &whole, uint64_t headerBytes, int rounds, uint64_t seed)
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    const auto path = folder / "damaged.gguf";
    SeededRandom random(seed);
    Outcome outcome;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        std::string damaged = whole;
        // The header alone: damaged weights are just other weights. Beyond the first 24 bytes.
        for (uint64_t i = 0; i < 1 + random.below(3); ++i) {
            char &byte = damaged[24 + random.below(headerBytes - 24)];
            byte = static_cast<char>(random.below(2) == 0 ? byte ^ (1 << random.below(8))
                                                          : static_cast<int>(random.below(256)));
        }
        writeBytes(path, damaged);
        try {
            const auto file = GgufFile::open(path);
            const ModelFileSummary summary = summarizeModel(*file);
            if (!summary.runnable()) {
                REQUIRE_FALSE(summary.reason.empty());
                ++outcome.refused;
                continue;
            }
            useTokenizer(*file);
            ++outcome.usable;
        } catch (const InputError &) {
            ++outcome.unopened;
        }
    }
    return outcome;
}

void checkOutcome(const Outcome &outcome)
{
    // Each way is taken, or the damage does not test what it should.
    CHECK(outcome.unopened > 0);
    CHECK(outcome.refused > 0);
    CHECK(outcome.usable > 0);
}

uint64_t headerBytesOf(const std::filesystem::path &path)
{
    return GgufFile::open(path)->tensors().front().fileOffset;
}

} // namespace

TEST_CASE("a byte-level BPE model")
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    RandomModelSpec spec;
    spec.layers = 1;
    spec.vocabulary = kMinVocabulary + 60;
    const std::string whole = makeRandomModel(spec).bytes();
    writeBytes(folder / "whole.gguf", whole);
    checkOutcome(damage(whole, headerBytesOf(folder / "whole.gguf"), 1500, 11));
}

TEST_CASE("a SentencePiece model")
{
    const std::filesystem::path path = INFERLAB_FIXTURES "/tiny/llama_gqa/llama_gqa.q8_0.gguf";
    std::ifstream in(path, std::ios::binary);
    const std::string whole {std::istreambuf_iterator<char>(in), {}};
    checkOutcome(damage(whole, headerBytesOf(path), 1000, 12));
}
