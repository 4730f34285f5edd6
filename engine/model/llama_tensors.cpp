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

    void require(const std::string &name, std::vector<int64_t> shape)
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

void checkLayer(TensorChecker &checker, const ModelConfig &config, int32_t layer)
{
    const std::string prefix = "blk." + std::to_string(layer) + ".";
    const int64_t width = config.embedding;
    const int64_t inner = config.feedForward;
    const int64_t queries = int64_t {config.heads} * config.headDim;
    const int64_t keys = int64_t {config.kvHeads} * config.headDim;
    checker.require(prefix + "attn_norm.weight", {width});
    checker.require(prefix + "attn_q.weight", {queries, width});
    checker.require(prefix + "attn_k.weight", {keys, width});
    checker.require(prefix + "attn_v.weight", {keys, width});
    checker.require(prefix + "attn_output.weight", {width, queries});
    checker.require(prefix + "ffn_norm.weight", {width});
    checker.require(prefix + "ffn_gate.weight", {inner, width});
    checker.require(prefix + "ffn_up.weight", {inner, width});
    checker.require(prefix + "ffn_down.weight", {width, inner});
    // Frequencies that early converters stored and nobody reads: they follow from rope.freq_base.
    checker.allow(prefix + "attn_rot_embd.weight");
    checker.allow(prefix + "attn_rot_embd");
}

} // namespace

void checkLlamaTensors(const GgufFile &file, const ModelConfig &config)
{
    TensorChecker checker(file);
    checker.require("token_embd.weight", {config.vocabulary, config.embedding});
    for (int32_t layer = 0; layer < config.layers; ++layer)
        checkLayer(checker, config, layer);
    checker.require("output_norm.weight", {config.embedding});
    if (!config.tiedOutput)
        checker.require("output.weight", {config.vocabulary, config.embedding});
    checker.allow("rope_freqs.weight"); // checked by its reader
    checker.refuseOthers();
}

} // namespace inferlab
