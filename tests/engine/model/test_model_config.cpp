// Configurations of whole, good files.
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/model_config.h"

#include "default_model.h"

#include <doctest/doctest.h>

#include <string>

using namespace inferlab;

namespace {

ModelConfig configOf(const std::string &model, const std::string &type)
{
    return readModelConfig(
        *GgufFile::open(INFERLAB_FIXTURES "/tiny/" + model + "/" + model + "." + type + ".gguf"));
}

} // namespace

TEST_CASE("grouped queries and an output matrix of its own")
{
    const ModelConfig config = configOf("llama_gqa", "q8_0");
    CHECK(config.architecture == "llama");
    CHECK(config.layers == 2);
    CHECK(config.embedding == 64);
    CHECK(config.feedForward == 96);
    CHECK(config.heads == 4);
    CHECK(config.kvHeads == 2);
    CHECK(config.headDim == 16);
    CHECK(config.ropeDim == 16);
    CHECK(config.vocabulary == 512);
    CHECK(config.contextTokens == 256);
    CHECK(config.rmsEpsilon == 1e-5f);
    CHECK(config.ropeBase == 10000.0f);
    CHECK(config.ropeScale == 1.0f);
    CHECK(config.ropeFactors.empty());
    CHECK(config.ropeLayout == RopeLayout::AdjacentPairs);
    CHECK_FALSE(config.tiedOutput);
    CHECK(config.kvBytesPerToken(DType::F16) == 2 * 2 * 2 * 16 * 2);
    CHECK(config.kvBytesPerToken(DType::F32) == 2 * config.kvBytesPerToken(DType::F16));
}

TEST_CASE("Llama 3's rope factors and a tied output")
{
    const ModelConfig config = configOf("llama3_rope_tied", "f16");
    CHECK(config.kvHeads == 1);
    CHECK(config.tiedOutput);
    REQUIRE(config.ropeFactors.size() == 8);
    // The formula that transformers has: factor 8 between 1 and 4 turns of 64 tokens.
    CHECK(config.ropeFactors.front() == 1.0f);
    CHECK(config.ropeFactors.back() == 8.0f);
}

TEST_CASE("a head size that is not width over heads")
{
    const ModelConfig config = configOf("mistral_head_dim", "q8_0");
    CHECK(config.embedding == 64);
    CHECK(config.heads == 3);
    CHECK(config.headDim == 32);
    CHECK(config.ropeBase == 1000000.0f);
}

TEST_CASE("the default model's configuration")
{
    const ModelConfig config = readModelConfig(*GgufFile::open(test::defaultModelPath()));
    CHECK(config.layers == 30);
    CHECK(config.embedding == 576);
    CHECK(config.heads == 9);
    CHECK(config.kvHeads == 3);
    CHECK(config.headDim == 64);
    CHECK(config.vocabulary == 49152);
    CHECK(config.tiedOutput);
    CHECK(config.ropeBase == 100000.0f);
    CHECK(config.kvBytesPerToken(DType::F16) == 30 * 2 * 3 * 64 * 2);
}
