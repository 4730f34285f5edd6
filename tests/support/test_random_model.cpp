// The models that tests and benchmarks are made of: sane in every element type, and the same each
// time.
#include "engine/files/gguf.h"
#include "engine/model/model_config.h"
#include "engine/text/tokenizer.h"
#include "kernels/api/dequantize.h"
#include "support/random_blocks.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace inferlab;

namespace {

constexpr DType kAllTypes[] = {DType::F32,  DType::F16,    DType::BF16,   DType::Q4_0,
                               DType::Q4_1, DType::Q5_0,   DType::Q5_1,   DType::Q8_0,
                               DType::Q2_K, DType::Q3_K,   DType::Q4_K,   DType::Q5_K,
                               DType::Q6_K, DType::IQ4_NL, DType::IQ4_XS, DType::MXFP4};

} // namespace

TEST_CASE("random blocks have the deviation that was asked for, in every type")
{
    constexpr int64_t kElements = 64 * 256;
    constexpr float kDeviation = 0.05f;
    for (const DType type : kAllTypes) {
        CAPTURE(dtypeInfo(type).name);
        test::SeededRandom random(7);
        const std::string blocks = test::randomBlocks(type, kElements, kDeviation, random);
        std::vector<float> values(kElements);
        dequantizeRow(type, blocks.data(), values.data(), kElements);
        double sum = 0;
        double squares = 0;
        for (const float value : values) {
            REQUIRE(std::isfinite(value));
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        const double deviation = std::sqrt(squares / kElements);
        // MXFP4's scales are powers of two: within a factor of sqrt(2), and some.
        CHECK(deviation > kDeviation * (type == DType::MXFP4 ? 0.6 : 0.9));
        CHECK(deviation < kDeviation * (type == DType::MXFP4 ? 1.6 : 1.1));
        CHECK(std::abs(sum / kElements) < 0.2 * kDeviation);
    }
}

TEST_CASE("a random model opens, and its tokenizer works")
{
    const test::ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    test::RandomModelSpec spec;
    spec.vocabulary = 1024;
    spec.kvHeads = 1;
    spec.headDim = 32;
    spec.tiedOutput = true;
    spec.ropeFactors.assign(16, 2.0f);
    test::makeRandomModel(spec).write(folder / "model.gguf");
    const auto file = GgufFile::open(folder / "model.gguf");
    const ModelConfig config = readModelConfig(*file);
    CHECK(config.vocabulary == 1024);
    CHECK(config.headDim == 32);
    CHECK(config.kvHeads == 1);
    CHECK(config.tiedOutput);
    CHECK(config.ropeFactors.size() == 16);

    const auto tokenizer = makeTokenizer(*file);
    CHECK(tokenizer->vocabularySize() == 1024);
    const std::string text = "The capital of Fr\xc3\xa4nce is 42.\n";
    const auto ids = tokenizer->encode(text, SpecialTokens::Plain);
    CHECK(ids.size() < text.size()); // some merges were used
    CHECK(tokenizer->decode(ids) == text);
}

TEST_CASE("one seed gives one model, another seed another")
{
    test::RandomModelSpec spec;
    spec.layers = 1;
    const std::string first = test::makeRandomModel(spec).bytes();
    CHECK(test::makeRandomModel(spec).bytes() == first);
    spec.seed = 2;
    CHECK(test::makeRandomModel(spec).bytes() != first);
}

TEST_CASE("sizes that no model can have are refused")
{
    test::RandomModelSpec spec;
    spec.vocabulary = test::kMinVocabulary - 1;
    CHECK_THROWS_AS(test::makeRandomModel(spec), std::invalid_argument);
    spec.vocabulary = test::kMinVocabulary;
    spec.dtype = DType::Q4_K; // blocks of 256, width 64
    CHECK_THROWS_AS(test::makeRandomModel(spec), std::invalid_argument);
}
