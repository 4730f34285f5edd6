// Which shapes tests and people look at.
#include "operator_check.h"

#include <array>

namespace inferlab {

namespace {

constexpr std::array kAllTypes {
    DType::F32,  DType::F16,    DType::BF16,   DType::Q4_0,  DType::Q4_1, DType::Q5_0,
    DType::Q5_1, DType::Q8_0,   DType::Q2_K,   DType::Q3_K,  DType::Q4_K, DType::Q5_K,
    DType::Q6_K, DType::IQ4_NL, DType::IQ4_XS, DType::MXFP4,
};

void addRowEdges(std::vector<OperatorCase> &cases)
{
    // Around vectors of 4, 8 and 16 and their fourfold, and above the size that threads share.
    for (int64_t cols : {1, 3, 4, 7, 15, 16, 17, 63, 64, 65, 127, 576, 1000}) {
        for (int64_t rows : {1, 3}) {
            cases.push_back(rmsNormCase(rows, cols));
            cases.push_back(siluMultiplyCase(rows, cols));
            cases.push_back(addCase(rows, cols));
            cases.push_back(gatherRowsCase(5, rows, cols));
        }
    }
    cases.push_back(rmsNormCase(37, 577));
    cases.push_back(siluMultiplyCase(37, 577));
    cases.push_back(addCase(37, 577));
    for (RopeLayout layout : {RopeLayout::AdjacentPairs, RopeLayout::HalfSplit}) {
        cases.push_back(ropeCase(1, 9, 64, 64, layout));
        cases.push_back(ropeCase(5, 2, 16, 8, layout));
        cases.push_back(ropeCase(3, 3, 80, 32, layout));
        cases.push_back(ropeCase(29, 9, 64, 64, layout));
    }
}

void addLogitEdges(std::vector<OperatorCase> &cases)
{
    // Around what is kept of a row, its blocks, and the runs that are summed.
    for (int64_t vocabulary : {1, 15, 63, 64, 65, 1023, 1025, 8191, 8193})
        cases.push_back(summariseLogitsCase(2, vocabulary, 0.7f));
    cases.push_back(summariseLogitsCase(5, 5000, 0.0f));
}

void addWeightEdges(std::vector<OperatorCase> &cases)
{
    for (DType dtype : kAllTypes) {
        cases.push_back(embedCase(dtype, 7, 4, 256));
        cases.push_back(matmulCase(dtype, 1, 5, 256, false));
        cases.push_back(matmulCase(dtype, 3, 33, 512, true));
        cases.push_back(matmulCase(dtype, 17, 65, 768, false));
    }
}

void addCacheEdges(std::vector<OperatorCase> &cases)
{
    for (DType dtype : {DType::F32, DType::F16}) {
        for (int32_t headDim : {16, 40, 64, 80, 128}) {
            for (int32_t group : {1, 3, 8}) {
                const CacheShape cache {dtype, 2 * group, 2, headDim, 16};
                cases.push_back(attentionCase(cache, {{1, 1}}));
                cases.push_back(attentionCase(cache, {{63, 1}, {64, 1}, {65, 1}}));
                cases.push_back(attentionCase(cache, {{70, 70}, {5, 2}, {130, 1}}));
            }
        }
        // Blocks that end within tiles, chunks of keys, and tiles of rows that lie across them.
        for (int32_t blockTokens : {1, 7, 32, 100}) {
            const CacheShape cache {dtype, 3, 1, 64, blockTokens};
            cases.push_back(attentionCase(cache, {{200, 90}, {17, 17}}));
            cases.push_back(attentionCase(cache, {{1100, 1}}));
            cases.push_back(attentionCase(cache, {{512, 1}, {513, 1}, {1025, 1}, {3, 1}, {1, 1}}));
            cases.push_back(attentionCase(cache, {{1040, 40}}));
            cases.push_back(writeKvCase(cache, {{40, 40}, {3, 1}, {201, 7}}));
        }
        for (int32_t headDim : {5, 16, 80})
            cases.push_back(writeKvCase({dtype, 4, 4, headDim, 16}, {{33, 20}, {1, 1}}));
        for (float scoreScale : {100.0f, 3000.0f})
            cases.push_back(attentionCase({dtype, 3, 1, 64, 16, scoreScale}, {{600, 3}, {70, 70}}));
        // A prompt beside decoding sequences, which share its tiles; on the tensor cores where
        // prompts' rows prevail.
        cases.push_back(attentionCase({dtype, 3, 1, 64, 16},
                                      {{300, 1}, {90, 40}, {40, 1}, {520, 1}, {1, 1}, {77, 5}}));
        cases.push_back(attentionCase({dtype, 6, 2, 32, 16}, {{700, 1}, {120, 60}, {60, 30}}));
    }
    for (int32_t headDim : {32, 96, 160}) { // whole blocks of 32
        for (int32_t blockTokens : {7, 32}) {
            const CacheShape cache {DType::Q8_0, 6, 2, headDim, blockTokens};
            cases.push_back(attentionCase(cache, {{1, 1}, {64, 1}, {130, 1}}));
            cases.push_back(attentionCase(cache, {{200, 90}, {17, 17}}));
            cases.push_back(writeKvCase(cache, {{40, 40}, {3, 1}, {201, 7}}));
        }
        cases.push_back(attentionCase({DType::Q8_0, 3, 1, headDim, 32}, {{513, 1}, {1100, 1}}));
        cases.push_back(attentionCase({DType::Q8_0, 3, 1, headDim, 16}, {{540, 30}}));
    }
}

void addChainEdges(std::vector<OperatorCase> &cases)
{
    for (DType dtype : kAllTypes) {
        for (int64_t rows : {1, 3, 17}) {
            cases.push_back(matmulAddCase(dtype, rows, 37, 256));
            cases.push_back(siluMatmulAddCase(dtype, rows, 33, 256, 1.0f));
            cases.push_back(normMatmulCase({dtype, dtype, dtype}, rows, 256, 0));
        }
        cases.push_back(normMatmulCase({dtype}, 2, 512, 9)); // as logits are made
    }
    // Widths that fill neither blocks nor vectors, which float types have.
    for (int64_t in : {1, 33, 95, 1000}) {
        for (DType dtype : {DType::F32, DType::F16}) {
            cases.push_back(matmulAddCase(dtype, 3, 5, in));
            cases.push_back(siluMatmulAddCase(dtype, 3, 5, in, 1.0f));
            cases.push_back(normMatmulCase({dtype, dtype}, 3, in, 0));
        }
    }
    // Types that take different ways in one call, one and the same of them again after another.
    const std::vector<DType> mixed {DType::Q8_0, DType::Q4_K, DType::F16, DType::F32, DType::Q8_0};
    for (int64_t rows : {1, 8, 9, 17}) {
        cases.push_back(matmulCase(mixed, rows, 256));
        cases.push_back(normMatmulCase(mixed, rows, 256, 0));
    }
    cases.push_back(siluMatmulAddCase(DType::F16, 3, 33, 64, 400.0f));
    cases.push_back(siluMatmulAddCase(DType::Q8_0, 17, 33, 64, 400.0f));
}

void addCacheChainEdges(std::vector<OperatorCase> &cases)
{
    for (RopeLayout layout : {RopeLayout::AdjacentPairs, RopeLayout::HalfSplit}) {
        for (DType dtype : {DType::F32, DType::F16, DType::Q8_0}) {
            cases.push_back(ropeAndStoreCase({dtype, 9, 3, 64, 16}, {{40, 1}}, 64, layout));
            cases.push_back(ropeAndStoreCase({dtype, 3, 1, 96, 7}, {{40, 40}, {9, 2}}, 64, layout));
        }
        cases.push_back(ropeAndStoreCase({DType::F16, 4, 2, 5, 32}, {{9, 3}}, 4, layout));
    }
    // Few rows of weights that round activations, heads that are whole groups and that are not;
    // more rows; contexts of several chunks; sequences side by side.
    for (DType dtype : {DType::Q8_0, DType::Q4_0, DType::F16, DType::F32}) {
        for (int32_t headDim : {16, 32, 64, 128, 160}) {
            const CacheShape cache {DType::F16, 6, 2, headDim, 16};
            cases.push_back(attentionMatmulAddCase(dtype, 37, cache, {{1, 1}, {300, 1}}));
            cases.push_back(attentionMatmulAddCase(dtype, 37, cache, {{600, 1}}));
        }
        const CacheShape cache {DType::Q8_0, 8, 1, 64, 32};
        cases.push_back(attentionMatmulAddCase(dtype, 37, cache, {{70, 3}, {40, 4}}));
        cases.push_back(attentionMatmulAddCase(dtype, 37, cache, {{70, 20}, {40, 1}}));
    }
}

} // namespace

std::vector<OperatorCase> edgeCases()
{
    std::vector<OperatorCase> cases;
    addRowEdges(cases);
    addLogitEdges(cases);
    addWeightEdges(cases);
    addCacheEdges(cases);
    addChainEdges(cases);
    addCacheChainEdges(cases);
    return cases;
}

std::vector<OperatorCase> typicalCases()
{
    std::vector<OperatorCase> cases;
    for (int64_t rows : {1, 32, 512}) {
        cases.push_back(rmsNormCase(rows, 576));
        cases.push_back(siluMultiplyCase(rows, 1536));
        cases.push_back(addCase(rows, 576));
        cases.push_back(ropeCase(rows, 9, 64, 64, RopeLayout::AdjacentPairs));
    }
    cases.push_back(ropeCase(512, 9, 64, 64, RopeLayout::HalfSplit));
    cases.push_back(gatherRowsCase(512, 32, 576));
    for (int64_t rows : {1, 32}) {
        for (float temperature : {0.0f, 0.8f})
            cases.push_back(summariseLogitsCase(rows, 49152, temperature));
    }
    for (DType dtype : kAllTypes) {
        cases.push_back(embedCase(dtype, 4096, 512, 1536));
        for (int64_t rows : {1, 8, 512})
            cases.push_back(matmulCase(dtype, rows, 1536, 1536, false));
    }
    for (DType dtype : {DType::F16, DType::F32, DType::Q8_0}) {
        const CacheShape small {dtype, 9, 3, 64, 32};   // SmolLM2-135M
        const CacheShape large {dtype, 32, 8, 128, 32}; // Llama 3 8B
        cases.push_back(writeKvCase(small, {{512, 512}}));
        for (int32_t depth : {128, 1024, 4096})
            cases.push_back(attentionCase(small, {{depth, 1}}));
        cases.push_back(attentionCase(small, std::vector<SequenceShape>(8, {1024, 1})));
        cases.push_back(attentionCase(small, {{512, 512}}));
        cases.push_back(attentionCase(large, {{4096, 1}}));
        cases.push_back(attentionCase(large, {{512, 512}}));
    }
    return cases;
}

} // namespace inferlab
