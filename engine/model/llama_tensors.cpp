#include "llama_tensors.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"

#include <string>
#include <string_view>
#include <unordered_set>

namespace inferlab {

namespace {

std::string shapeText(const std::vector<int64_t> &shape)
{
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    return text + "]";
}

// Collects the names that the architecture has, and compares each with the file.
class TensorChecker
{
public:
    explicit TensorChecker(const GgufFile &file)
        : m_file(file)
    { }

    void require(const std::string &name, const std::vector<int64_t> &shape)
    {
        const TensorEntry &tensor = m_file.tensor(name);
        if (tensor.shape != shape)
            throw InputError(m_file.path().string(), "tensor \"" + name + "\"",
                             "the shape " + shapeText(shape), shapeText(tensor.shape));
        m_known.insert(tensor.name);
    }

    void allow(const std::string &name) { m_known.insert(name); }

    void refuseOthers() const
    {
        for (const TensorEntry &tensor : m_file.tensors()) {
            if (!m_known.contains(tensor.name))
                throw InputError(m_file.path().string(), "tensor \"" + tensor.name + "\"",
                                 "only tensors that this program uses for the architecture",
                                 "one that it does not");
        }
    }

private:
    const GgufFile &m_file;
    std::unordered_set<std::string> m_known;
};

} // namespace

std::vector<TensorSpec> llamaTensors(const ModelConfig &config)
{
    const int64_t width = config.embedding;
    const int64_t queryWidth = int64_t {config.heads} * config.headDim;
    const int64_t kvWidth = int64_t {config.kvHeads} * config.headDim;
    std::vector<TensorSpec> specs;
    specs.push_back(
        {"token_embd.weight", TensorRole::TokenEmbedding, -1, config.vocabulary, width});
    for (int32_t i = 0; i < config.layers; ++i) {
        const std::string prefix = "blk." + std::to_string(i) + ".";
        const auto add = [&](const char *name, TensorRole role, int64_t rows, int64_t cols) {
            specs.push_back({prefix + name + ".weight", role, i, rows, cols});
        };
        add("attn_norm", TensorRole::AttentionNorm, 1, width);
        add("attn_q", TensorRole::Query, queryWidth, width);
        add("attn_k", TensorRole::Key, kvWidth, width);
        add("attn_v", TensorRole::Value, kvWidth, width);
        add("attn_output", TensorRole::AttentionOutput, width, queryWidth);
        add("ffn_norm", TensorRole::FeedForwardNorm, 1, width);
        add("ffn_gate", TensorRole::Gate, config.feedForward, width);
        add("ffn_up", TensorRole::Up, config.feedForward, width);
        add("ffn_down", TensorRole::Down, width, config.feedForward);
    }
    specs.push_back({"output_norm.weight", TensorRole::OutputNorm, -1, 1, width});
    if (!config.tiedOutput)
        specs.push_back({"output.weight", TensorRole::Output, -1, config.vocabulary, width});
    return specs;
}

void checkLlamaTensors(const GgufFile &file, const ModelConfig &config)
{
    TensorChecker checker(file);
    for (const TensorSpec &spec : llamaTensors(config)) {
        if (spec.isGain())
            checker.require(spec.name, {spec.cols});
        else
            checker.require(spec.name, {spec.rows, spec.cols});
    }
    for (int32_t layer = 0; layer < config.layers; ++layer) {
        // Frequencies that early converters stored and nobody reads: they follow from
        // rope.freq_base.
        const std::string prefix = "blk." + std::to_string(layer) + ".";
        checker.allow(prefix + "attn_rot_embd.weight");
        checker.allow(prefix + "attn_rot_embd");
    }
    checker.allow("rope_freqs.weight"); // checked by its reader
    checker.refuseOthers();
}

} // namespace inferlab
