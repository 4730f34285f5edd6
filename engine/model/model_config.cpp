// The configuration of the llama architecture from GGUF keys. Every number is checked for itself
// and against the tensors, so that the forward pass needs no checks of its own.
#include "model_config.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "engine/model/llama_tensors.h"
#include "kernels/api/dequantize.h"

#include <cmath>
#include <limits>

namespace inferlab {

namespace {

constexpr std::string_view kSupportedArchitectures = "llama";

// Limits well beyond any published model; they keep products of two within 32 bits and sums of a
// hostile file's numbers within memory.
constexpr uint64_t kMaxLayers = 4096;
constexpr uint64_t kMaxWidth = 1u << 20;
constexpr uint64_t kMaxHeads = 1u << 14;
constexpr uint64_t kMaxHeadDim = 1u << 13;
constexpr uint64_t kMaxContext = std::numeric_limits<int32_t>::max();

// Reads "llama.<key>" and says which key is wrong.
class KeyReader
{
public:
    KeyReader(const GgufFile &file, std::string architecture)
        : m_file(file)
        , m_prefix(std::move(architecture) + ".")
    { }

    [[noreturn]] void fail(std::string_view key, std::string expected, std::string found) const
    {
        throw InputError(m_file.path().string(), "key \"" + m_prefix + std::string(key) + "\"",
                         std::move(expected), std::move(found));
    }

    int32_t count(std::string_view key, uint64_t maximum) const
    {
        const uint64_t value = m_file.requireUnsigned(m_prefix + std::string(key), maximum);
        if (value == 0)
            fail(key, "at least 1", "0");
        return static_cast<int32_t>(value);
    }

    int32_t countOr(std::string_view key, uint64_t maximum, int32_t otherwise) const
    {
        return has(key) ? count(key, maximum) : otherwise;
    }

    // Finite and positive, also as float32.
    float positive(std::string_view key, double below) const
    {
        const double value = m_file.requireNumber(m_prefix + std::string(key));
        const auto narrow = static_cast<float>(value);
        if (!(value > 0 && value < below) || !(narrow > 0) || !std::isfinite(narrow))
            fail(key, "a positive number below " + std::to_string(below), std::to_string(value));
        return narrow;
    }

    float positiveOr(std::string_view key, double below, float otherwise) const
    {
        return has(key) ? positive(key, below) : otherwise;
    }

    std::string textOr(std::string_view key, std::string otherwise) const
    {
        return m_file.optionalString(m_prefix + std::string(key)).value_or(std::move(otherwise));
    }

    bool has(std::string_view key) const
    {
        return m_file.findMetadata(m_prefix + std::string(key)) != nullptr;
    }

    uint64_t unsignedOr(std::string_view key, uint64_t otherwise) const
    {
        return m_file
            .optionalUnsigned(m_prefix + std::string(key), std::numeric_limits<uint64_t>::max())
            .value_or(otherwise);
    }

    bool boolOr(std::string_view key, bool otherwise) const
    {
        return m_file.optionalBool(m_prefix + std::string(key)).value_or(otherwise);
    }

private:
    const GgufFile &m_file;
    std::string m_prefix;
};

std::string nameOf(const GgufFile &file)
{
    const std::string name = file.optionalString("general.name").value_or("");
    return name.empty() ? file.path().stem().string() : name;
}

void readHeads(ModelConfig &config, const KeyReader &keys)
{
    config.heads = keys.count("attention.head_count", kMaxHeads);
    config.kvHeads = keys.countOr("attention.head_count_kv", kMaxHeads, config.heads);
    if (config.heads % config.kvHeads != 0)
        keys.fail("attention.head_count_kv",
                  "a divisor of " + std::to_string(config.heads) + " heads",
                  std::to_string(config.kvHeads));
    if (!keys.has("attention.key_length") && config.embedding % config.heads != 0)
        keys.fail("attention.head_count",
                  "a divisor of the width " + std::to_string(config.embedding),
                  std::to_string(config.heads));
    config.headDim =
        keys.countOr("attention.key_length", kMaxHeadDim, config.embedding / config.heads);
    if (static_cast<uint64_t>(config.headDim) > kMaxHeadDim)
        keys.fail("attention.head_count",
                  "heads of at most " + std::to_string(kMaxHeadDim) + " elements",
                  std::to_string(config.headDim));
    const int32_t valueDim = keys.countOr("attention.value_length", kMaxHeadDim, config.headDim);
    if (valueDim != config.headDim)
        keys.fail("attention.value_length", "the key length, " + std::to_string(config.headDim),
                  std::to_string(valueDim));
}

// "none", or positions divided by a factor. A factor without a type means linear, as in llama.cpp,
// and scale_linear is the key's older name.
float readRopeScale(const KeyReader &keys)
{
    constexpr double kMaxFactor = 1e6;
    const std::string type = keys.textOr("rope.scaling.type", "linear");
    if (type == "none")
        return 1.0f;
    if (type != "linear")
        keys.fail("rope.scaling.type",
                  "\"none\" or \"linear\" (llama3's comes as the tensor rope_freqs.weight)",
                  "\"" + type + "\"");
    const float older = keys.positiveOr("rope.scale_linear", kMaxFactor, 1.0f);
    return keys.positiveOr("rope.scaling.factor", kMaxFactor, older);
}

void readRope(ModelConfig &config, const KeyReader &keys)
{
    config.ropeDim = keys.countOr("rope.dimension_count", kMaxHeadDim, config.headDim);
    if (config.ropeDim > config.headDim || config.ropeDim % 2 != 0)
        keys.fail("rope.dimension_count",
                  "an even number up to the head's " + std::to_string(config.headDim) + " elements",
                  std::to_string(config.ropeDim));
    constexpr float kDefaultBase = 10000.0f; // of the first Llama; files of that time leave it out
    constexpr double kMaxBase = 1e15;
    config.ropeBase = keys.positiveOr("rope.freq_base", kMaxBase, kDefaultBase);
    config.ropeScale = readRopeScale(keys);
    constexpr float kMaxAttentionFactor = 1e6f;
    const float factor = keys.positiveOr("rope.scaling.attn_factor", kMaxAttentionFactor, 1.0f);
    if (factor != 1.0f)
        keys.fail("rope.scaling.attn_factor", "1", std::to_string(factor));
    config.ropeLayout = RopeLayout::AdjacentPairs;
}

// Llama 3's scaling: one divisor for each frequency, computed by the converter.
std::vector<float> readRopeFactors(const GgufFile &file, int32_t ropeDim)
{
    const TensorEntry *tensor = file.findTensor("rope_freqs.weight");
    if (tensor == nullptr)
        return {};
    const auto fail = [&file](std::string expected, std::string found) {
        throw InputError(file.path().string(), "tensor \"rope_freqs.weight\"", std::move(expected),
                         std::move(found));
    };
    if (tensor->elements() != ropeDim / 2)
        fail(std::to_string(ropeDim / 2) + " factors (half the rotated elements of a head)",
             std::to_string(tensor->elements()));
    std::vector<float> factors(static_cast<size_t>(tensor->elements()));
    dequantizeRow(tensor->dtype, tensor->data, factors.data(), tensor->elements());
    for (const float factor : factors) {
        if (!(factor > 0) || !std::isfinite(factor))
            fail("positive factors", std::to_string(factor));
    }
    return factors;
}

void readVocabulary(ModelConfig &config, const GgufFile &file, const KeyReader &keys)
{
    const TensorEntry &embedding = file.tensor("token_embd.weight");
    const int64_t rows = embedding.matrix().rows;
    if (rows > std::numeric_limits<int32_t>::max())
        throw InputError(file.path().string(), "tensor \"token_embd.weight\"",
                         "fewer than 2^31 tokens", std::to_string(rows));
    config.vocabulary = static_cast<int32_t>(rows);
    const auto expected = std::to_string(rows) + " tokens (the rows of token_embd.weight)";
    const uint64_t stated = keys.unsignedOr("vocab_size", static_cast<uint64_t>(rows));
    if (stated != static_cast<uint64_t>(rows))
        keys.fail("vocab_size", expected, std::to_string(stated));
    const auto *tokens = file.optionalStrings("tokenizer.ggml.tokens");
    if (tokens != nullptr && tokens->size() != static_cast<size_t>(rows))
        throw InputError(file.path().string(), "key \"tokenizer.ggml.tokens\"", expected,
                         std::to_string(tokens->size()));
    config.tiedOutput = file.findTensor("output.weight") == nullptr;
}

// What this program's forward pass does not do, although the architecture's name covers it.
void refuseVariants(const KeyReader &keys, int32_t contextTokens)
{
    if (const uint64_t experts = keys.unsignedOr("expert_count", 0); experts != 0)
        keys.fail("expert_count", "a dense model", std::to_string(experts) + " experts");
    if (!keys.boolOr("attention.causal", true))
        keys.fail("attention.causal", "a causal model", "false");
    const uint64_t window = keys.unsignedOr("attention.sliding_window", 0);
    if (window != 0 && window < static_cast<uint64_t>(contextTokens))
        keys.fail("attention.sliding_window", "attention over the whole context",
                  "a window of " + std::to_string(window) + " tokens");
}

} // namespace

size_t ModelConfig::kvBytesPerToken(DType cacheType) const noexcept
{
    const size_t oneOfBoth = rowBytes(cacheType, int64_t {kvHeads} * headDim);
    return static_cast<size_t>(layers) * 2 * oneOfBoth;
}

ModelConfig readModelConfig(const GgufFile &file)
{
    ModelConfig config;
    config.architecture = file.requireString("general.architecture");
    if (config.architecture != kSupportedArchitectures)
        throw InputError(file.path().string(), "key \"general.architecture\"",
                         "an architecture that this program runs ("
                             + std::string(kSupportedArchitectures) + ")",
                         "\"" + config.architecture + "\"");
    const KeyReader keys(file, config.architecture);
    config.name = nameOf(file);
    config.layers = keys.count("block_count", kMaxLayers);
    config.embedding = keys.count("embedding_length", kMaxWidth);
    config.feedForward = keys.count("feed_forward_length", kMaxWidth);
    config.contextTokens = keys.count("context_length", kMaxContext);
    config.rmsEpsilon = keys.positive("attention.layer_norm_rms_epsilon", 1.0);
    readHeads(config, keys);
    readRope(config, keys);
    refuseVariants(keys, config.contextTokens);
    config.ropeFactors = readRopeFactors(file, config.ropeDim);
    readVocabulary(config, file, keys);
    checkLlamaTensors(file, config);
    return config;
}

} // namespace inferlab
