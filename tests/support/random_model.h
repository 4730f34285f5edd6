// Models of the llama architecture with seeded random weights and a small vocabulary: they run in
// the engine, for tests and benchmarks of any size. What they write means nothing.
#pragma once

#include "support/gguf_writer.h"

#include "kernels/api/dtype.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab::test {

struct RandomModelSpec
{
    int32_t layers = 2;
    int32_t embedding = 64;
    int32_t feedForward = 96;
    int32_t heads = 4;
    int32_t kvHeads = 2;
    int32_t headDim = 0;      // 0: embedding / heads
    int32_t vocabulary = 512; // at least kMinVocabulary
    int32_t contextTokens = 512;
    DType dtype = DType::F32; // of the matrices; norms are F32
    bool tiedOutput = false;
    std::vector<float> ropeFactors; // rope_freqs.weight, when not empty
    uint64_t seed = 1;
};

// Three special tokens and the 256 bytes.
inline constexpr int32_t kMinVocabulary = 259;

// Throws std::invalid_argument for sizes that do not fit the block type or the vocabulary.
GgufWriter makeRandomModel(const RandomModelSpec &spec);

// Byte-level BPE (pre-tokeniser smollm): <|endoftext|> 0, <|im_start|> 1, <|im_end|> 2, the bytes 3
// to 258, then merges: " a", "aa" to "zz", and longer runs of small letters. Adds the tokenizer.*
// keys.
void addVocabulary(GgufWriter &writer, int32_t size);

} // namespace inferlab::test
