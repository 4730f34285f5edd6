#include "placed_cache.h"

#include "kernels/api/dequantize.h"
#include "kernels/api/half.h"
#include "kernels/api/quantize_q8_0.h"
#include "random_tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace inferlab {

int64_t totalNewTokens(const std::vector<SequenceShape> &sequences)
{
    int64_t rows = 0;
    for (const SequenceShape &sequence : sequences)
        rows += sequence.newTokens;
    return rows;
}

Placement::Placement(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    for (const SequenceShape &shape : sequences)
        maxBlocks = std::max(maxBlocks, (shape.tokens + cache.blockTokens - 1) / cache.blockTokens);
    blocks = maxBlocks * static_cast<int32_t>(sequences.size()) + 3;
    std::vector<int32_t> order(static_cast<size_t>(blocks));
    for (size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<int32_t>(i);
    RandomBits random(21);
    for (size_t i = order.size() - 1; i > 0; --i)
        std::swap(order[i], order[random.next() % (i + 1)]);
    tables.assign(order.begin(), order.begin() + blocks - 3);
    for (size_t s = 0; s < sequences.size(); ++s) {
        for (int32_t t = sequences[s].tokens - sequences[s].newTokens; t < sequences[s].tokens;
             ++t) {
            sequence.push_back(static_cast<int32_t>(s));
            position.push_back(t);
        }
    }
}

PlacedCache::PlacedCache(Backend &backend, const CacheShape &shape,
                         std::vector<SequenceShape> sequences)
    : m_shape(shape)
    , m_sequences(std::move(sequences))
    , m_placement(shape, m_sequences)
    , m_bytes(rowBytes(shape.dtype,
                       int64_t {m_placement.blocks} * shape.kvHeads * shape.blockTokens
                           * shape.headDim))
    , m_keys(backend, m_bytes)
    , m_values(backend, m_bytes)
    , m_sequence(backend, m_placement.sequence.size() * sizeof(int32_t))
    , m_position(backend, m_placement.position.size() * sizeof(int32_t))
    , m_tables(backend, m_placement.tables.size() * sizeof(int32_t))
{
    m_sequence.upload(m_placement.sequence.data(), m_placement.sequence.size() * sizeof(int32_t));
    m_position.upload(m_placement.position.data(), m_placement.position.size() * sizeof(int32_t));
    m_tables.upload(m_placement.tables.data(), m_placement.tables.size() * sizeof(int32_t));
}

void PlacedCache::fill()
{
    fillOne(m_keys, 22);
    fillOne(m_values, 23);
}

KvLayerView PlacedCache::view() const
{
    KvLayerView view;
    view.keys = m_keys.data();
    view.values = m_values.data();
    view.dtype = m_shape.dtype;
    view.blocks = m_placement.blocks;
    view.blockTokens = m_shape.blockTokens;
    view.kvHeads = m_shape.kvHeads;
    view.headDim = m_shape.headDim;
    return view;
}

RowPlacement PlacedCache::rows() const
{
    RowPlacement rows;
    rows.sequence = static_cast<const int32_t *>(m_sequence.data());
    rows.position = static_cast<const int32_t *>(m_position.data());
    rows.blockTables = static_cast<const int32_t *>(m_tables.data());
    rows.rows = static_cast<int32_t>(m_placement.position.size());
    rows.sequences = static_cast<int32_t>(m_sequences.size());
    rows.maxBlocks = m_placement.maxBlocks;
    return rows;
}

std::vector<float> PlacedCache::contents() const
{
    std::vector<float> all;
    for (const GuardedMemory *memory : {&m_keys, &m_values}) {
        const std::vector<unsigned char> bytes = memory->download();
        std::vector<float> values(static_cast<size_t>(m_shape.headDim));
        for (size_t at = 0; at < bytes.size(); at += headBytes()) {
            dequantizeRow(m_shape.dtype, &bytes[at], values.data(), m_shape.headDim);
            for (const float value : values)
                all.push_back(std::isnan(value) ? -7.0f : value);
        }
    }
    return all;
}

size_t PlacedCache::headBytes() const
{
    return rowBytes(m_shape.dtype, m_shape.headDim);
}

void PlacedCache::write(unsigned char *bytes, const std::vector<float> &values) const
{
    if (m_shape.dtype == DType::Q8_0) {
        quantizeQ8_0(values.data(), m_shape.headDim, bytes);
        return;
    }
    for (size_t d = 0; d < values.size(); ++d) {
        const uint16_t half = floatToHalf(values[d]);
        if (m_shape.dtype == DType::F16)
            std::memcpy(bytes + d * sizeof half, &half, sizeof half);
        else
            std::memcpy(bytes + d * sizeof(float), &values[d], sizeof(float));
    }
}

void PlacedCache::fillOne(GuardedMemory &memory, uint64_t seed)
{
    std::vector<unsigned char> bytes(m_bytes);
    std::vector<float> values(static_cast<size_t>(m_shape.headDim), std::nanf(""));
    for (size_t at = 0; at < bytes.size(); at += headBytes())
        write(&bytes[at], values);
    RandomBits random(seed);
    for (size_t s = 0; s < m_sequences.size(); ++s) {
        for (int32_t t = 0; t < m_sequences[s].tokens; ++t) {
            const auto block = static_cast<size_t>(
                m_placement.tables[s * static_cast<size_t>(m_placement.maxBlocks)
                                   + static_cast<size_t>(t / m_shape.blockTokens)]);
            for (size_t head = 0; head < static_cast<size_t>(m_shape.kvHeads); ++head) {
                const size_t slot = (block * static_cast<size_t>(m_shape.kvHeads) + head)
                        * static_cast<size_t>(m_shape.blockTokens)
                    + static_cast<size_t>(t % m_shape.blockTokens);
                for (float &value : values)
                    value = random.uniform(-1.0f, 1.0f);
                write(&bytes[slot * headBytes()], values);
            }
        }
    }
    memory.upload(bytes.data(), bytes.size());
}

AttentionArgs attentionArgs(const PlacedCache &placed, const CacheShape &shape, ConstMatrixView q,
                            MatrixView out)
{
    AttentionArgs args;
    args.q = q;
    args.out = out;
    args.cache = placed.view();
    args.placement = placed.rows();
    args.heads = shape.heads;
    args.scale = shape.scoreScale / std::sqrt(static_cast<float>(shape.headDim));
    return args;
}

OperatorCase cacheCase(std::string op, const CacheShape &cache,
                       const std::vector<SequenceShape> &sequences)
{
    OperatorCase result;
    result.op = std::move(op);
    result.dtype = std::string(dtypeInfo(cache.dtype).name);
    result.shape = std::to_string(totalNewTokens(sequences)) + " rows, "
        + std::to_string(sequences.size()) + " seq to " + std::to_string(sequences.back().tokens)
        + ", " + std::to_string(cache.heads) + "/" + std::to_string(cache.kvHeads) + " heads x "
        + std::to_string(cache.headDim) + ", blocks of " + std::to_string(cache.blockTokens);
    result.unsupported = [=](Backend &backend) {
        return backend.supportsCache(cache.dtype, cache.headDim).reason;
    };
    return result;
}

StepLimits cacheLimits(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    StepLimits limits;
    limits.rows = totalNewTokens(sequences);
    limits.heads = cache.heads;
    limits.kvHeads = cache.kvHeads;
    limits.headDim = cache.headDim;
    limits.cacheType = cache.dtype;
    for (const SequenceShape &sequence : sequences)
        limits.contextTokens = std::max<int64_t>(limits.contextTokens, sequence.tokens);
    return limits;
}

double attentionTensorTolerance(const CacheShape &cache,
                                const std::vector<SequenceShape> &sequences)
{
    // Softmax's weights are rounded to 11 bits, 2.4e-4 of each on average; outputs of many keys are
    // small beside the values that they are the mean of. Keys and values of Q8_0 are rounded, too.
    constexpr double kTolerance = 2e-3;
    constexpr double kToleranceQ8 = 4e-3;
    const bool hasPrompt =
        std::any_of(sequences.begin(), sequences.end(),
                    [](const SequenceShape &sequence) { return sequence.newTokens > 1; });
    if (!hasPrompt || cache.dtype == DType::F32)
        return 0.0;
    return cache.dtype == DType::F16 ? kTolerance : kToleranceQ8;
}

} // namespace inferlab
