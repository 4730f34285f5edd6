#include "random_model.h"

#include "support/random_blocks.h"

#include <cmath>
#include <stdexcept>

namespace inferlab::test {

namespace {

// Logits this wide apart give distributions that are neither flat nor one-sided.
constexpr float kLogitDeviation = 3.0f;

void addMatrix(GgufWriter &writer, const RandomModelSpec &spec, const std::string &name,
               int64_t rows, int64_t cols, float deviation)
{
    const DTypeInfo &info = dtypeInfo(spec.dtype);
    if (cols % info.blockElements != 0)
        throw std::invalid_argument(name + ": rows of " + std::to_string(cols)
                                    + " are not a multiple of " + std::to_string(info.blockElements)
                                    + ", the block of " + std::string(info.name));
    // Each tensor has a generator of its own, so that it does not depend on those before it.
    const uint64_t seed = SeededRandom(spec.seed * 1000003u + writer.tensors.size()).next();
    const int64_t elements = rows * cols;
    writer.tensors.push_back({name,
                              {static_cast<uint64_t>(cols), static_cast<uint64_t>(rows)},
                              static_cast<uint32_t>(spec.dtype),
                              rowBytes(spec.dtype, elements),
                              [=, type = spec.dtype] {
                                  SeededRandom random(seed);
                                  return randomBlocks(type, elements, deviation, random);
                              },
                              {}});
}

std::string floats(const std::vector<float> &values)
{
    std::string bytes;
    for (const float value : values)
        bytes += ggufF32(value).bytes;
    return bytes;
}

void addNorm(GgufWriter &writer, const std::string &name, int64_t width)
{
    writer.addTensor(name, {width}, DType::F32,
                     floats(std::vector<float>(static_cast<size_t>(width), 1.0f)));
}

void addLayer(GgufWriter &writer, const RandomModelSpec &spec, int32_t headDim, int32_t layer)
{
    const std::string prefix = "blk." + std::to_string(layer) + ".";
    const int64_t width = spec.embedding;
    const int64_t inner = spec.feedForward;
    const int64_t queries = int64_t {spec.heads} * headDim;
    const int64_t keys = int64_t {spec.kvHeads} * headDim;
    // Inputs of deviation 1 become outputs of deviation 1.
    const auto keeping = [](int64_t cols) { return 1.0f / std::sqrt(static_cast<float>(cols)); };
    addNorm(writer, prefix + "attn_norm.weight", width);
    addMatrix(writer, spec, prefix + "attn_q.weight", queries, width, keeping(width));
    addMatrix(writer, spec, prefix + "attn_k.weight", keys, width, keeping(width));
    addMatrix(writer, spec, prefix + "attn_v.weight", keys, width, keeping(width));
    addMatrix(writer, spec, prefix + "attn_output.weight", width, queries, keeping(queries));
    addNorm(writer, prefix + "ffn_norm.weight", width);
    addMatrix(writer, spec, prefix + "ffn_gate.weight", inner, width, keeping(width));
    addMatrix(writer, spec, prefix + "ffn_up.weight", inner, width, keeping(width));
    addMatrix(writer, spec, prefix + "ffn_down.weight", width, inner, keeping(inner));
}

void addConfiguration(GgufWriter &writer, const RandomModelSpec &spec, int32_t headDim)
{
    const auto add = [&writer](const std::string &key, int32_t value) {
        writer.addKey("llama." + key, ggufU32(static_cast<uint32_t>(value)));
    };
    writer.addKey("general.architecture", ggufText("llama"));
    writer.addKey("general.name", ggufText("Random llama"));
    add("block_count", spec.layers);
    add("context_length", spec.contextTokens);
    add("embedding_length", spec.embedding);
    add("feed_forward_length", spec.feedForward);
    add("attention.head_count", spec.heads);
    add("attention.head_count_kv", spec.kvHeads);
    add("attention.key_length", headDim);
    add("attention.value_length", headDim);
    add("rope.dimension_count", headDim);
    add("vocab_size", spec.vocabulary);
    writer.addKey("llama.attention.layer_norm_rms_epsilon", ggufF32(1e-5f));
    writer.addKey("llama.rope.freq_base", ggufF32(10000.0f));
}

} // namespace

GgufWriter makeRandomModel(const RandomModelSpec &spec)
{
    if (spec.layers < 1 || spec.heads < 1 || spec.kvHeads < 1 || spec.embedding < 1)
        throw std::invalid_argument("sizes are at least 1");
    const int32_t headDim = spec.headDim > 0 ? spec.headDim : spec.embedding / spec.heads;
    const float logitsKept = kLogitDeviation / std::sqrt(static_cast<float>(spec.embedding));
    GgufWriter writer;
    addConfiguration(writer, spec, headDim);
    addVocabulary(writer, spec.vocabulary);
    addMatrix(writer, spec, "token_embd.weight", spec.vocabulary, spec.embedding,
              spec.tiedOutput ? logitsKept : 1.0f);
    for (int32_t layer = 0; layer < spec.layers; ++layer)
        addLayer(writer, spec, headDim, layer);
    addNorm(writer, "output_norm.weight", spec.embedding);
    if (!spec.tiedOutput)
        addMatrix(writer, spec, "output.weight", spec.vocabulary, spec.embedding, logitsKept);
    if (!spec.ropeFactors.empty())
        writer.addTensor("rope_freqs.weight", {static_cast<int64_t>(spec.ropeFactors.size())},
                         DType::F32, floats(spec.ropeFactors));
    return writer;
}

} // namespace inferlab::test
