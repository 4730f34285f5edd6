// Configurations that cannot be run: one key or tensor wrong at a time, and the words for it.
#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/model_config.h"
#include "support/random_model.h"
#include "support/scratch_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using namespace inferlab;
using namespace inferlab::test;

namespace {

GgufWriter goodModel()
{
    RandomModelSpec spec;
    spec.vocabulary = kMinVocabulary;
    return makeRandomModel(spec);
}

ModelConfig configOf(const GgufWriter &writer)
{
    const ScratchFolder folder(INFERLAB_TEST_SCRATCH);
    writer.write(folder / "m.gguf");
    return readModelConfig(*GgufFile::open(folder / "m.gguf"));
}

void checkRefused(const GgufWriter &writer, const std::vector<std::string> &words)
{
    std::string line = "accepted";
    try {
        configOf(writer);
    } catch (const InputError &error) {
        line = error.what();
    }
    CAPTURE(line);
    for (const std::string &word : words) {
        CAPTURE(word);
        CHECK(line.find(word) != std::string::npos);
    }
}

GgufWriter with(const std::string &key, GgufValue value)
{
    GgufWriter writer = goodModel();
    writer.setKey(key, std::move(value));
    return writer;
}

GgufWriter without(const std::string &key)
{
    GgufWriter writer = goodModel();
    writer.removeKey(key);
    return writer;
}

std::string floats(const std::vector<float> &values)
{
    std::string bytes;
    for (const float value : values)
        bytes += ggufF32(value).bytes;
    return bytes;
}

} // namespace

TEST_CASE("the model that the others are made from is accepted")
{
    const ModelConfig config = configOf(goodModel());
    CHECK(config.name == "Random llama");
    CHECK(config.layers == 2);
    CHECK(config.headDim == 16);
}

TEST_CASE("an architecture that is not run is named, with those that are")
{
    checkRefused(with("general.architecture", ggufText("qwen2")),
                 {"m.gguf", "(llama)", "\"qwen2\""});
    checkRefused(without("general.architecture"), {"general.architecture", "no such key"});
    checkRefused(with("llama.expert_count", ggufU32(8)), {"expert_count", "8 experts"});
    checkRefused(with("llama.attention.causal", ggufBool(false)), {"attention.causal"});
    checkRefused(with("llama.attention.sliding_window", ggufU32(64)), {"a window of 64 tokens"});
}

TEST_CASE("numbers that are missing, zero, negative or absurd")
{
    for (const char *key :
         {"llama.block_count", "llama.embedding_length", "llama.feed_forward_length",
          "llama.context_length", "llama.attention.head_count"}) {
        CAPTURE(key);
        checkRefused(without(key), {key, "no such key"});
        checkRefused(with(key, ggufU32(0)), {key, "at least 1", "found 0"});
        checkRefused(with(key, ggufI32(-1)), {key, "found -1"});
        checkRefused(with(key, ggufU64(uint64_t {1} << 40)), {key, "found 1099511627776"});
        checkRefused(with(key, ggufText("2")), {key, "found a string"});
    }
    checkRefused(with("llama.attention.head_count_kv", ggufU32(0)),
                 {"head_count_kv", "at least 1"});
    checkRefused(with("llama.attention.key_length", ggufU32(0)), {"key_length", "at least 1"});
}

TEST_CASE("integers of 64 bits are taken as those of 32")
{
    GgufWriter writer = goodModel();
    for (const char *key :
         {"llama.block_count", "llama.attention.head_count_kv", "llama.rope.dimension_count"}) {
        const auto value = std::find_if(writer.keys.begin(), writer.keys.end(),
                                        [&](const auto &entry) { return entry.first == key; });
        REQUIRE(value != writer.keys.end());
        value->second = {10, value->second.bytes + std::string(4, '\0')};
    }
    CHECK(configOf(writer).layers == 2);
}

TEST_CASE("heads must divide")
{
    checkRefused(with("llama.attention.head_count_kv", ggufU32(3)),
                 {"head_count_kv", "divisor of 4 heads", "found 3"});
    checkRefused(with("llama.attention.head_count_kv", ggufU32(8)), {"divisor of 4 heads"});
    GgufWriter derived = without("llama.attention.key_length");
    derived.setKey("llama.attention.head_count", ggufU32(6));
    checkRefused(derived, {"head_count", "divisor of the width 64", "found 6"});
    checkRefused(with("llama.attention.value_length", ggufU32(8)),
                 {"value_length", "the key length, 16", "found 8"});
}

TEST_CASE("rotation")
{
    checkRefused(with("llama.rope.dimension_count", ggufU32(18)),
                 {"rope.dimension_count", "16 elements", "found 18"});
    checkRefused(with("llama.rope.dimension_count", ggufU32(7)), {"rope.dimension_count", "even"});
    checkRefused(with("llama.rope.freq_base", ggufF32(0)), {"rope.freq_base", "positive"});
    checkRefused(with("llama.rope.scaling.type", ggufText("yarn")),
                 {"rope.scaling.type", "\"yarn\""});
    GgufWriter linear = with("llama.rope.scaling.type", ggufText("linear"));
    linear.setKey("llama.rope.scaling.factor", ggufF32(0));
    checkRefused(linear, {"rope.scaling.factor", "positive"});
    checkRefused(with("llama.rope.scaling.attn_factor", ggufF32(0.5f)),
                 {"attn_factor", "expected 1"});

    linear.setKey("llama.rope.scaling.factor", ggufF32(4));
    CHECK(configOf(linear).ropeScale == 4.0f);
    linear.setKey("llama.rope.scaling.type", ggufText("none"));
    CHECK(configOf(linear).ropeScale == 1.0f);
    CHECK(configOf(with("llama.rope.scale_linear", ggufF32(2))).ropeScale == 2.0f);
    CHECK(configOf(without("llama.rope.freq_base")).ropeBase == 10000.0f);
    CHECK(configOf(without("llama.rope.dimension_count")).ropeDim == 16);
    CHECK(configOf(with("llama.rope.dimension_count", ggufU32(8))).ropeDim == 8);
}

TEST_CASE("factors of rope_freqs.weight")
{
    const auto withFactors = [](const std::vector<float> &factors) {
        GgufWriter writer = goodModel();
        writer.addTensor("rope_freqs.weight", {static_cast<int64_t>(factors.size())}, DType::F32,
                         floats(factors));
        return writer;
    };
    CHECK(configOf(withFactors(std::vector<float>(8, 2.0f))).ropeFactors
          == std::vector<float>(8, 2.0f));
    checkRefused(withFactors(std::vector<float>(7, 2.0f)),
                 {"rope_freqs.weight", "8 factors", "found 7"});
    for (const float bad : {0.0f, -1.0f, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
        std::vector<float> factors(8, 1.0f);
        factors[3] = bad;
        checkRefused(withFactors(factors), {"rope_freqs.weight", "positive factors"});
    }
}

TEST_CASE("the norm's epsilon")
{
    const std::string key = "llama.attention.layer_norm_rms_epsilon";
    for (const float bad : {0.0f, -1e-5f, 1.0f, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
        CAPTURE(bad);
        checkRefused(with(key, ggufF32(bad)), {key, "a positive number below 1"});
    }
    checkRefused(with(key, ggufF64(1e-60)), {key}); // zero as float32
    checkRefused(without(key), {key, "no such key"});
}

TEST_CASE("the vocabulary must be the embedding's rows")
{
    checkRefused(with("llama.vocab_size", ggufU32(260)),
                 {"llama.vocab_size", "259 tokens", "found 260"});
    checkRefused(with("tokenizer.ggml.tokens", ggufTexts({"a", "b"})),
                 {"tokenizer.ggml.tokens", "259 tokens", "found 2"});
    GgufWriter none = goodModel();
    none.removeTensor("token_embd.weight");
    checkRefused(none, {"token_embd.weight", "none of that name"});
    CHECK(configOf(without("llama.vocab_size")).vocabulary == kMinVocabulary);
}

TEST_CASE("tensors that the configuration asks for, and no others")
{
    checkRefused(with("llama.block_count", ggufU32(3)), {"blk.2.attn_norm.weight"});
    checkRefused(with("llama.block_count", ggufU32(1)), {"blk.1.", "one that it does not"});
    checkRefused(with("llama.feed_forward_length", ggufU32(128)),
                 {"blk.0.ffn_gate.weight", "[128, 64]", "[96, 64]"});
    GgufWriter bias = goodModel();
    bias.addTensor("blk.0.attn_q.bias", {64}, DType::F32, std::string(256, '\0'));
    checkRefused(bias, {"blk.0.attn_q.bias", "one that it does not"});
    GgufWriter turned = goodModel();
    turned.tensor("blk.1.ffn_down.weight").ne = {64, 96};
    checkRefused(turned, {"blk.1.ffn_down.weight", "[64, 96]", "[96, 64]"});
    GgufWriter old = goodModel();
    old.addTensor("blk.0.attn_rot_embd.weight", {8}, DType::F32, std::string(32, '\0'));
    CHECK(configOf(old).layers == 2);
}
