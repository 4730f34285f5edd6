#include "engine/model/cost_model.h"

#include "engine/files/gguf.h"
#include "engine/model/architecture.h"
#include "engine/model/loaded_model.h"
#include "engine/model/weights.h"

#include <algorithm>

namespace inferlab {

namespace {

constexpr double kOperationsPerProduct = 2; // a product and its sum

// Operators of llamaLayer() and around the layers (Forward::run()).
constexpr int64_t kLargePerLayer = 5; // q k v, attention, its output, gate and up, down
constexpr int64_t kSmallAround = 3;   // embedding; rows that are picked, the last norm

size_t at(ProductKind kind)
{
    return static_cast<size_t>(kind);
}

bool isMatrix(TensorRole role)
{
    TensorSpec spec;
    spec.role = role;
    return !spec.isGain();
}

void addTo(MatrixCost &cost, const CostTensor &tensor)
{
    cost.bytes += tensor.bytes;
    if (isMatrix(tensor.role))
        cost.elements[at(tensor.kind)] +=
            static_cast<double>(tensor.rows) * static_cast<double>(tensor.cols);
}

// Takes the tensors of a loaded model one by one.
class LoadedTensors
{
public:
    explicit LoadedTensors(const LoadedModel &model)
        : m_backend(model.backend())
    {
        const ModelWeights &weights = model.weights();
        addMatrix(TensorRole::TokenEmbedding, weights.tokenEmbedding);
        addGain(TensorRole::OutputNorm, weights.outputNorm);
        addMatrix(TensorRole::Output, weights.output);
        for (const LayerWeights &layer : weights.layers) {
            addGain(TensorRole::AttentionNorm, layer.attentionNorm);
            addMatrix(TensorRole::Query, layer.query);
            addMatrix(TensorRole::Key, layer.key);
            addMatrix(TensorRole::Value, layer.value);
            addMatrix(TensorRole::AttentionOutput, layer.attentionOutput);
            addGain(TensorRole::FeedForwardNorm, layer.feedForwardNorm);
            addMatrix(TensorRole::Gate, layer.gate);
            addMatrix(TensorRole::Up, layer.up);
            addMatrix(TensorRole::Down, layer.down);
        }
    }
    std::vector<CostTensor> take() { return std::move(m_tensors); }

private:
    void addMatrix(TensorRole role, const std::unique_ptr<Weight> &weight)
    {
        if (!weight)
            return;
        const bool fast =
            m_backend.supportsWeight(weight->dtype(), weight->rows(), weight->cols()).fast;
        m_tensors.push_back({role, weight->rows(), weight->cols(),
                             fast ? productKindOf(weight->dtype()) : ProductKind::Float,
                             static_cast<double>(weight->bytes())});
    }
    void addGain(TensorRole role, const std::unique_ptr<Buffer> &gain)
    {
        if (gain)
            m_tensors.push_back(
                {role, 1, 0, ProductKind::Float, static_cast<double>(gain->bytes())});
    }

    const Backend &m_backend;
    std::vector<CostTensor> m_tensors;
};

// Row r of n new ones attends to context + r + 1 positions.
double positionsSeen(const SequenceRows &s)
{
    const double n = s.newRows;
    return n * s.contextTokens + n * (n + 1) / 2;
}

// Elements that the operators between the products pass over, for one row.
double elementsPerRow(const ModelCost &model)
{
    const double queryWidth = model.heads * model.headDim;
    const double kvWidth = model.kvHeads * model.headDim;
    const double norms = 2.0 * model.embedding;
    const double sums = 2.0 * model.embedding;
    const double rotations = queryWidth + kvWidth;
    const double written = 2.0 * kvWidth;
    return model.layers * (norms + sums + rotations + written + model.feedForward);
}

void addAttention(const ModelCost &model, const SequenceRows &s, double kvBytesPerToken,
                  PartCost &part)
{
    // Scores and weighted sums: two products of a head's width for every position and head.
    const double operations =
        2.0 * kOperationsPerProduct * model.layers * model.heads * model.headDim * positionsSeen(s);
    (s.newRows <= kFewRows ? part.attentionRows : part.attentionTiles) += operations;
    const double read = static_cast<double>(s.contextTokens) + s.newRows;
    part.bytes += (read + s.newRows) * kvBytesPerToken;
}

} // namespace

ProductKind productKindOf(DType dtype) noexcept
{
    if (dtypeInfo(dtype).blockElements > 1)
        return ProductKind::Int8;
    return dtype == DType::F16 || dtype == DType::BF16 ? ProductKind::Half : ProductKind::Float;
}

double ModelCost::kvBytesPerToken(DType cacheType) const noexcept
{
    return 2.0 * layers * static_cast<double>(rowBytes(cacheType, int64_t {kvHeads} * headDim));
}

ModelCost modelCost(const ModelConfig &config, const std::vector<CostTensor> &tensors)
{
    ModelCost cost;
    cost.layers = config.layers;
    cost.embedding = config.embedding;
    cost.feedForward = config.feedForward;
    cost.heads = config.heads;
    cost.kvHeads = config.kvHeads;
    cost.headDim = config.headDim;
    cost.vocabulary = config.vocabulary;
    const bool ownOutput = std::any_of(tensors.begin(), tensors.end(), [](const CostTensor &t) {
        return t.role == TensorRole::Output;
    });
    for (const CostTensor &tensor : tensors) {
        cost.weightBytes += tensor.bytes;
        switch (tensor.role) {
        case TensorRole::TokenEmbedding:
            cost.embeddingRowBytes =
                tensor.rows > 0 ? tensor.bytes / static_cast<double>(tensor.rows) : 0;
            if (!ownOutput)
                addTo(cost.output, tensor);
            break;
        case TensorRole::OutputNorm:
        case TensorRole::Output:
            addTo(cost.output, tensor);
            break;
        default:
            addTo(cost.layerMatrices, tensor);
        }
    }
    return cost;
}

ModelCost modelCost(const LoadedModel &model)
{
    return modelCost(model.config(), LoadedTensors(model).take());
}

ModelCost modelCost(const GgufFile &file, const ModelConfig &config)
{
    std::vector<CostTensor> tensors;
    for (const TensorSpec &spec : findArchitecture(config.architecture)->tensors(config)) {
        const TensorEntry &entry = file.tensor(spec.name);
        tensors.push_back({spec.role, spec.rows, spec.cols, productKindOf(entry.dtype),
                           static_cast<double>(entry.bytes)});
    }
    return modelCost(config, tensors);
}

StepShape StepShape::decode(int32_t batch, int32_t contextTokens, bool kvCache, DType cacheType)
{
    StepShape shape;
    shape.cacheType = cacheType;
    const SequenceRows rows =
        kvCache ? SequenceRows {1, contextTokens, true} : SequenceRows {contextTokens + 1, 0, true};
    shape.sequences.assign(static_cast<size_t>(batch), rows);
    return shape;
}

double PartCost::operations() const noexcept
{
    double sum = attentionRows + attentionTiles;
    for (const double product : products)
        sum += product;
    return sum;
}

double StepCost::bytes() const noexcept
{
    return layers.bytes + attention.bytes + output.bytes;
}

double StepCost::operations() const noexcept
{
    return layers.operations() + attention.operations() + output.operations();
}

double StepCost::intensity() const noexcept
{
    return bytes() > 0 ? operations() / bytes() : 0;
}

StepCost stepCost(const ModelCost &model, const StepShape &shape)
{
    StepCost cost;
    cost.decodes = true;
    const double kvBytes = model.kvBytesPerToken(shape.cacheType);
    for (const SequenceRows &sequence : shape.sequences) {
        if (sequence.newRows <= 0)
            continue;
        cost.rows += sequence.newRows;
        cost.logitRows += sequence.logits ? 1 : 0;
        cost.tokens += sequence.logits && sequence.drawn ? 1 : 0;
        cost.decodes = cost.decodes && sequence.newRows == 1 && sequence.logits;
        addAttention(model, sequence, kvBytes, cost.attention);
    }
    cost.decodes = cost.decodes && cost.rows > 0;
    if (cost.rows == 0)
        return cost;
    const auto rows = static_cast<double>(cost.rows);
    const auto logitRows = static_cast<double>(cost.logitRows);
    cost.layers.bytes = model.layerMatrices.bytes + rows * model.embeddingRowBytes;
    for (size_t kind = 0; kind < kProductKinds; ++kind) {
        cost.layers.products[kind] =
            kOperationsPerProduct * rows * model.layerMatrices.elements[kind];
        cost.output.products[kind] =
            kOperationsPerProduct * logitRows * model.output.elements[kind];
    }
    cost.output.bytes = cost.logitRows > 0 ? model.output.bytes : 0;
    cost.rowElements = rows * elementsPerRow(model) + (rows + 2 * logitRows) * model.embedding;
    cost.drawnElements = static_cast<double>(cost.tokens) * model.vocabulary;
    cost.largeOperators = kLargePerLayer * model.layers + (cost.logitRows > 0 ? 1 : 0);
    cost.smallOperators =
        kSmallOperatorsPerLayer * model.layers + (cost.logitRows > 0 ? kSmallAround : 1);
    return cost;
}

} // namespace inferlab
