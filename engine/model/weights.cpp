#include "weights.h"

#include "engine/base/error.h"
#include "engine/files/gguf.h"
#include "kernels/api/dequantize.h"

#include <cmath>

namespace inferlab {

namespace {

std::string where(const TensorSpec &spec)
{
    return "tensor " + spec.name;
}

std::unique_ptr<Weight> &matrixSlot(ModelWeights &weights, const TensorSpec &spec)
{
    switch (spec.role) {
    case TensorRole::TokenEmbedding:
        return weights.tokenEmbedding;
    case TensorRole::Output:
        return weights.output;
    default:
        break;
    }
    LayerWeights &layer = weights.layers[static_cast<size_t>(spec.layer)];
    switch (spec.role) {
    case TensorRole::Query:
        return layer.query;
    case TensorRole::Key:
        return layer.key;
    case TensorRole::Value:
        return layer.value;
    case TensorRole::AttentionOutput:
        return layer.attentionOutput;
    case TensorRole::Gate:
        return layer.gate;
    case TensorRole::Up:
        return layer.up;
    default:
        return layer.down;
    }
}

std::unique_ptr<Buffer> &gainSlot(ModelWeights &weights, const TensorSpec &spec)
{
    if (spec.role == TensorRole::OutputNorm)
        return weights.outputNorm;
    LayerWeights &layer = weights.layers[static_cast<size_t>(spec.layer)];
    return spec.role == TensorRole::AttentionNorm ? layer.attentionNorm : layer.feedForwardNorm;
}

std::unique_ptr<Buffer> loadGain(const TensorEntry &tensor, const TensorSpec &spec,
                                 const std::string &source, Backend &backend)
{
    std::vector<float> values(static_cast<size_t>(spec.cols));
    dequantizeRow(tensor.dtype, tensor.data, values.data(), spec.cols);
    for (const float value : values) {
        if (!std::isfinite(value))
            throw InputError(source, where(spec), "finite numbers", "infinity or NaN");
    }
    auto buffer = backend.allocate(values.size() * sizeof(float));
    backend.upload(buffer->data(), values.data(), values.size() * sizeof(float));
    return buffer;
}

} // namespace

size_t ModelWeights::bytes() const noexcept
{
    size_t total = 0;
    const auto addMatrix = [&total](const std::unique_ptr<Weight> &weight) {
        total += weight ? weight->bytes() : 0;
    };
    const auto addGain = [&total](const std::unique_ptr<Buffer> &gain) {
        total += gain ? gain->bytes() : 0;
    };
    addMatrix(tokenEmbedding);
    addGain(outputNorm);
    addMatrix(output);
    for (const LayerWeights &layer : layers) {
        addGain(layer.attentionNorm);
        addGain(layer.feedForwardNorm);
        for (const auto *weight : {&layer.query, &layer.key, &layer.value, &layer.attentionOutput,
                                   &layer.gate, &layer.up, &layer.down})
            addMatrix(*weight);
    }
    return total;
}

size_t weightBytesNeeded(const GgufFile &file, const std::vector<TensorSpec> &specs,
                         const Backend &backend)
{
    size_t bytes = 0;
    for (const TensorSpec &spec : specs) {
        if (spec.isGain()) {
            bytes += static_cast<size_t>(spec.cols) * sizeof(float);
            continue;
        }
        const TensorEntry &tensor = file.tensor(spec.name);
        const WeightSupport support = backend.supportsWeight(tensor.dtype, spec.rows, spec.cols);
        if (!support.supported)
            throw DeviceRefusal(
                file.path().string(), where(spec), "a type that this device multiplies with",
                std::string(dtypeInfo(tensor.dtype).name) + " (" + support.reason + ")");
        bytes += support.bytes;
    }
    return bytes;
}

ModelWeights loadWeights(const GgufFile &file, const std::vector<TensorSpec> &specs,
                         const ModelConfig &config, Backend &backend,
                         const std::function<void(uint64_t)> &progress,
                         const std::atomic<bool> *stop)
{
    ModelWeights weights;
    weights.layers.resize(static_cast<size_t>(config.layers));
    uint64_t done = 0;
    for (const TensorSpec &spec : specs) {
        const TensorEntry &tensor = file.tensor(spec.name);
        const auto goOn = [&](size_t bytesOfTensor) {
            if (progress)
                progress(done + bytesOfTensor);
            return stop == nullptr || !*stop;
        };
        if (spec.isGain()) {
            gainSlot(weights, spec) = loadGain(tensor, spec, file.path().string(), backend);
            if (!goOn(tensor.bytes))
                throw Cancelled();
        } else {
            std::unique_ptr<Weight> weight = backend.loadWeight(tensor.matrix(), goOn);
            if (!weight)
                throw Cancelled();
            matrixSlot(weights, spec) = std::move(weight);
        }
        // Copied: what the mapping holds of it need not stay in memory beside the copy.
        file.releasePages(tensor);
        done += tensor.bytes;
    }
    return weights;
}

} // namespace inferlab
