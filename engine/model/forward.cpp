#include "forward.h"

#include "engine/base/error.h"
#include "engine/cache/block_pool.h"
#include "engine/model/loaded_model.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <stdexcept>
#include <utility>

namespace inferlab {

namespace {

// Where each activation matrix begins in the one buffer, in floats.
struct Layout
{
    size_t hidden, normed, query, key, value, attention, gate, up, cosSin, picked, logits, total;
};

Layout layoutFor(const ModelConfig &config, const ForwardLimits &limits)
{
    Layout layout {};
    size_t next = 0;
    const auto take = [&next](int64_t rows, int64_t cols) {
        const size_t at = next;
        constexpr size_t kFloatsPerLine = 16; // every matrix begins on a cache line
        next += (static_cast<size_t>(rows * cols) + kFloatsPerLine - 1) / kFloatsPerLine
            * kFloatsPerLine;
        return at;
    };
    const int64_t rows = limits.rows;
    const int64_t queryWidth = int64_t {config.heads} * config.headDim;
    const int64_t kvWidth = int64_t {config.kvHeads} * config.headDim;
    layout.hidden = take(rows, config.embedding);
    layout.normed = take(rows, config.embedding);
    layout.query = take(rows, queryWidth);
    layout.key = take(rows, kvWidth);
    layout.value = take(rows, kvWidth);
    layout.attention = take(rows, queryWidth);
    layout.gate = take(rows, config.feedForward);
    layout.up = take(rows, config.feedForward);
    layout.cosSin = take(rows, config.ropeDim);
    layout.picked = take(limits.logitRows, config.embedding);
    layout.logits = take(limits.logitRows, config.vocabulary);
    layout.total = next;
    return layout;
}

size_t tableEntries(const ForwardLimits &limits) noexcept
{
    return static_cast<size_t>(limits.sequences)
        * static_cast<size_t>(blocksFor(limits.contextTokens));
}

size_t indexCount(const ForwardLimits &limits)
{
    return 3 * static_cast<size_t>(limits.rows) + static_cast<size_t>(limits.logitRows)
        + tableEntries(limits);
}

size_t cosSinCount(const ModelConfig &config, const ForwardLimits &limits)
{
    return static_cast<size_t>(limits.rows) * static_cast<size_t>(config.ropeDim);
}

// Logits that are copied to the host; none where the device's memory is the host's.
size_t hostLogitCount(const LoadedModel &model, const ForwardLimits &limits)
{
    if (model.backend().hasHostMemory())
        return 0;
    return static_cast<size_t>(limits.logitRows) * static_cast<size_t>(model.config().vocabulary);
}

StepLimits stepLimits(const ModelConfig &config, const ForwardLimits &limits)
{
    StepLimits step;
    step.rows = std::max(limits.rows, limits.logitRows);
    step.cols = std::max({config.embedding, config.feedForward, config.heads * config.headDim});
    step.contextTokens = limits.contextTokens;
    step.heads = config.heads;
    step.kvHeads = config.kvHeads;
    step.headDim = config.headDim;
    step.cacheType = limits.cacheType;
    return step;
}

const Architecture &architectureOf(const ModelConfig &config)
{
    const Architecture *architecture = findArchitecture(config.architecture);
    if (architecture == nullptr)
        throw std::logic_error("a model of an unknown architecture was loaded");
    return *architecture;
}

// Lets the backend's operators give up while it lives.
class StopScope
{
public:
    StopScope(Backend &backend, const std::atomic<bool> &stop)
        : m_backend(backend)
    {
        m_backend.setStopCheck([&stop] { return stop.load(std::memory_order_relaxed); });
    }
    ~StopScope() { m_backend.setStopCheck({}); }
    StopScope(const StopScope &) = delete;
    StopScope &operator=(const StopScope &) = delete;

private:
    Backend &m_backend;
};

} // namespace

void Batch::reserve(const ForwardLimits &limits)
{
    const auto rows = static_cast<size_t>(limits.rows);
    ids.reserve(rows);
    positions.reserve(rows);
    sequences.reserve(rows);
    blockTables.reserve(tableEntries(limits));
    logitRows.reserve(static_cast<size_t>(limits.logitRows));
}

size_t Batch::bytes(const ForwardLimits &limits) noexcept
{
    return (3 * static_cast<size_t>(limits.rows) + tableEntries(limits)
            + static_cast<size_t>(limits.logitRows))
        * sizeof(int32_t);
}

void Batch::clear() noexcept
{
    ids.clear();
    positions.clear();
    sequences.clear();
    blockTables.clear();
    logitRows.clear();
    sequenceCount = 0;
    maxBlocks = 0;
}

ForwardBytes forwardBytes(const LoadedModel &model, const ForwardLimits &limits)
{
    const ModelConfig &config = model.config();
    ForwardBytes bytes;
    bytes.cache = static_cast<size_t>(limits.cacheBlocks) * kBlockTokens
        * config.kvBytesPerToken(limits.cacheType);
    bytes.workspace = layoutFor(config, limits).total * sizeof(float)
        + indexCount(limits) * sizeof(int32_t)
        + (cosSinCount(config, limits) + hostLogitCount(model, limits)) * sizeof(float)
        + model.backend().workspaceBytes(stepLimits(config, limits));
    return bytes;
}

Forward::Forward(LoadedModel &model, const ForwardLimits &limits)
    : m_model(model)
    , m_limits(limits)
    , m_architecture(architectureOf(model.config()))
    , m_rope(model.config())
{
    Backend &backend = model.backend();
    const ForwardBytes bytes = forwardBytes(model, limits);
    m_cache = backend.allocate(bytes.cache);
    m_activations = backend.allocate(layoutFor(model.config(), limits).total * sizeof(float));
    m_indices = backend.allocate(indexCount(limits) * sizeof(int32_t));
    backend.reserve(stepLimits(model.config(), limits));
    m_cosSin.resize(cosSinCount(model.config(), limits));
    m_logits.resize(hostLogitCount(model, limits));
}

MatrixView Forward::view(size_t offset, int64_t rows, int64_t cols) const
{
    return {static_cast<float *>(m_activations->data()) + offset, rows, cols, cols};
}

KvLayerView Forward::cacheLayer(int32_t layer) const
{
    const ModelConfig &config = m_model.config();
    KvLayerView view;
    view.dtype = m_limits.cacheType;
    view.blocks = m_limits.cacheBlocks;
    view.blockTokens = kBlockTokens;
    view.kvHeads = config.kvHeads;
    view.headDim = config.headDim;
    const size_t half = m_cache->bytes() / static_cast<size_t>(config.layers) / 2;
    auto *base = static_cast<std::byte *>(m_cache->data()) + 2 * half * static_cast<size_t>(layer);
    view.keys = base;
    view.values = base + half;
    return view;
}

Forward::StepInputs Forward::place(const Batch &batch)
{
    Backend &backend = m_model.backend();
    const auto rows = static_cast<int32_t>(batch.ids.size());
    auto *next = static_cast<int32_t *>(m_indices->data());
    const auto copy = [&](const std::vector<int32_t> &from) -> std::span<const int32_t> {
        int32_t *at = std::exchange(next, next + from.size());
        backend.upload(at, from.data(), from.size() * sizeof(int32_t));
        return {at, from.size()};
    };
    StepInputs inputs;
    RowPlacement &placement = inputs.placement;
    placement.sequence = copy(batch.sequences).data();
    placement.position = copy(batch.positions).data();
    inputs.ids = copy(batch.ids);
    inputs.logitRows = copy(batch.logitRows);
    placement.blockTables = copy(batch.blockTables).data();
    placement.rows = rows;
    placement.sequences = batch.sequenceCount;
    placement.maxBlocks = batch.maxBlocks;

    const MatrixView cosSin =
        view(layoutFor(m_model.config(), m_limits).cosSin, rows, m_rope.ropeDim());
    m_rope.fill(batch.positions, m_cosSin.data());
    backend.upload(cosSin.data, m_cosSin.data(),
                   static_cast<size_t>(cosSin.rows * cosSin.cols) * sizeof(float));
    inputs.cosSin = cosSin;
    return inputs;
}

StepViews Forward::viewsOf(const StepInputs &inputs) const
{
    const ModelConfig &config = m_model.config();
    const Layout at = layoutFor(config, m_limits);
    const int32_t rows = inputs.placement.rows;
    const int64_t queryWidth = int64_t {config.heads} * config.headDim;
    const int64_t kvWidth = int64_t {config.kvHeads} * config.headDim;
    StepViews views;
    views.hidden = view(at.hidden, rows, config.embedding);
    views.normed = view(at.normed, rows, config.embedding);
    views.query = view(at.query, rows, queryWidth);
    views.key = view(at.key, rows, kvWidth);
    views.value = view(at.value, rows, kvWidth);
    views.attention = view(at.attention, rows, queryWidth);
    views.gate = view(at.gate, rows, config.feedForward);
    views.up = view(at.up, rows, config.feedForward);
    views.cosSin = inputs.cosSin;
    views.placement = inputs.placement;
    return views;
}

void Forward::compute(const StepInputs &inputs, const StepViews &views, MatrixView logits,
                      const std::atomic<bool> &stop)
{
    const ModelConfig &config = m_model.config();
    const ModelWeights &weights = m_model.weights();
    Backend &backend = m_model.backend();
    backend.embed(*weights.tokenEmbedding, inputs.ids, views.hidden);
    for (int32_t layer = 0; layer < config.layers; ++layer)
        m_architecture.layer(backend, config, weights.layers[static_cast<size_t>(layer)],
                             cacheLayer(layer), views, stop);
    if (logits.rows == 0)
        return;
    // The last norm and the output matrix for the wanted rows only: a prompt needs one of its rows.
    NormArgs norm;
    norm.x = views.hidden;
    norm.gain = static_cast<const float *>(weights.outputNorm->data());
    norm.epsilon = config.rmsEpsilon;
    norm.rows = inputs.logitRows;
    norm.scratch = view(layoutFor(config, m_limits).picked, logits.rows, config.embedding);
    const MatmulOutput output {&weights.outputMatrix(), logits};
    backend.normMatmul({&output, 1}, norm);
}

ConstMatrixView Forward::run(const Batch &batch, const std::atomic<bool> &stop)
{
    return toHost(runOnDevice(batch, stop));
}

ConstMatrixView Forward::runOnDevice(const Batch &batch, const std::atomic<bool> &stop)
{
    const auto rows = static_cast<int32_t>(batch.ids.size());
    const auto wanted = static_cast<int32_t>(batch.logitRows.size());
    assert(rows > 0 && rows <= m_limits.rows && wanted <= m_limits.logitRows);
    assert(batch.sequenceCount <= m_limits.sequences);
    assert(batch.maxBlocks <= blocksFor(m_limits.contextTokens));
    const ModelConfig &config = m_model.config();
    Backend &backend = m_model.backend();

    const StopScope stopScope(backend, stop);
    const StepInputs inputs = place(batch);
    const StepViews views = viewsOf(inputs);
    const MatrixView logits = view(layoutFor(config, m_limits).logits, wanted, config.vocabulary);
    const auto step = [&] { compute(inputs, views, logits, stop); };
    backend.runStep({m_activations->data(), rows, batch.sequenceCount, batch.maxBlocks, wanted},
                    std::ref(step)); // a reference: a copy of it would be allocated
    if (wanted == 0)
        return {};
    if (stop)
        throw Cancelled();
    return logits;
}

ConstMatrixView Forward::toHost(ConstMatrixView rows)
{
    Backend &backend = m_model.backend();
    if (rows.rows == 0 || backend.hasHostMemory())
        return rows;
    const auto elements = static_cast<size_t>(rows.rows) * static_cast<size_t>(rows.cols);
    assert(rows.stride == rows.cols && elements <= m_logits.size());
    backend.download(m_logits.data(), rows.data, elements * sizeof(float));
    return {m_logits.data(), rows.rows, rows.cols, rows.cols};
}

} // namespace inferlab
