// What a transformer looks like: read from a file's metadata, checked, independent of the file's
// format.
#pragma once

#include "kernels/api/backend.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inferlab {

class GgufFile;

struct ModelConfig
{
    std::string architecture; // "llama"
    std::string name;         // general.name, or the file's
    int32_t layers = 0;
    int32_t embedding = 0; // model width
    int32_t feedForward = 0;
    int32_t heads = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;
    int32_t ropeDim = 0; // rotated elements of each head
    int32_t vocabulary = 0;
    int32_t contextTokens = 0; // that the model was trained for
    float rmsEpsilon = 0.0f;
    float ropeBase = 0.0f;
    float ropeScale = 1.0f;         // linear scaling: positions are divided by it
    std::vector<float> ropeFactors; // [ropeDim / 2] divisors of each frequency (llama3), or empty
    RopeLayout ropeLayout = RopeLayout::AdjacentPairs;
    bool tiedOutput = false; // the output matrix is the embedding

    // Keys and values of one token over all layers.
    size_t kvBytesPerToken(DType cacheType) const noexcept;
};

// Throws InputError for a missing or impossible value, or an architecture this program cannot run.
ModelConfig readModelConfig(const GgufFile &file);

} // namespace inferlab
