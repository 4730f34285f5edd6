// Cases of the operators on the paged cache.
#include "guarded_memory.h"
#include "kernels/api/dequantize.h"
#include "kernels/api/half.h"
#include "kernels/api/quantize_q8_0.h"
#include "operator_check.h"
#include "random_tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace inferlab {

namespace {

// Scores, exponentials and sums in float32; the largest outputs are some times the root mean
// square.
constexpr double kAttentionTolerance = 2e-5;

double elementBytes(DType dtype)
{
    const DTypeInfo &info = dtypeInfo(dtype);
    return static_cast<double>(info.blockBytes) / info.blockElements;
}

int64_t totalNewTokens(const std::vector<SequenceShape> &sequences)
{
    int64_t rows = 0;
    for (const SequenceShape &sequence : sequences)
        rows += sequence.newTokens;
    return rows;
}

// Blocks of the sequences in shuffled order, with unused blocks between them, and where the rows
// stand.
struct Placement
{
    std::vector<int32_t> sequence;
    std::vector<int32_t> position;
    std::vector<int32_t> tables;
    int32_t maxBlocks = 0;
    int32_t blocks = 0;

    Placement(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
    {
        for (const SequenceShape &shape : sequences)
            maxBlocks =
                std::max(maxBlocks, (shape.tokens + cache.blockTokens - 1) / cache.blockTokens);
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
};

// The cache of a case and the placement of its rows, in device memory.
class PlacedCache
{
public:
    PlacedCache(Backend &backend, const CacheShape &shape,
                const std::vector<SequenceShape> &sequences)
        : m_shape(shape)
        , m_placement(shape, sequences)
        , m_bytes(rowBytes(shape.dtype,
                           int64_t {m_placement.blocks} * shape.kvHeads * shape.blockTokens
                               * shape.headDim))
        , m_keys(backend, m_bytes)
        , m_values(backend, m_bytes)
        , m_sequence(backend, m_placement.sequence.size() * sizeof(int32_t))
        , m_position(backend, m_placement.position.size() * sizeof(int32_t))
        , m_tables(backend, m_placement.tables.size() * sizeof(int32_t))
    {
        m_sequence.upload(m_placement.sequence.data(),
                          m_placement.sequence.size() * sizeof(int32_t));
        m_position.upload(m_placement.position.data(),
                          m_placement.position.size() * sizeof(int32_t));
        m_tables.upload(m_placement.tables.data(), m_placement.tables.size() * sizeof(int32_t));
    }

    // Values for every slot that a sequence fills; all others stay NaN, so that reading one shows.
    void fill(const std::vector<SequenceShape> &sequences)
    {
        fillOne(m_keys, sequences, 22);
        fillOne(m_values, sequences, 23);
    }

    KvLayerView view() const
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
    RowPlacement rows(const std::vector<SequenceShape> &sequences) const
    {
        RowPlacement rows;
        rows.sequence = static_cast<const int32_t *>(m_sequence.data());
        rows.position = static_cast<const int32_t *>(m_position.data());
        rows.blockTables = static_cast<const int32_t *>(m_tables.data());
        rows.rows = static_cast<int32_t>(m_placement.position.size());
        rows.sequences = static_cast<int32_t>(sequences.size());
        rows.maxBlocks = m_placement.maxBlocks;
        return rows;
    }
    bool intact() const { return m_keys.intact() && m_values.intact(); }

    // Keys and values of every slot; what was never written (NaN) reads as a number of its own.
    std::vector<float> contents() const
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

private:
    size_t headBytes() const { return rowBytes(m_shape.dtype, m_shape.headDim); }
    void write(unsigned char *bytes, const std::vector<float> &values) const
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
    void fillOne(GuardedMemory &memory, const std::vector<SequenceShape> &sequences, uint64_t seed)
    {
        std::vector<unsigned char> bytes(m_bytes);
        std::vector<float> values(static_cast<size_t>(m_shape.headDim), std::nanf(""));
        for (size_t at = 0; at < bytes.size(); at += headBytes())
            write(&bytes[at], values);
        RandomBits random(seed);
        for (size_t s = 0; s < sequences.size(); ++s) {
            for (int32_t t = 0; t < sequences[s].tokens; ++t) {
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

    CacheShape m_shape;
    Placement m_placement;
    size_t m_bytes;
    GuardedMemory m_keys;
    GuardedMemory m_values;
    GuardedMemory m_sequence;
    GuardedMemory m_position;
    GuardedMemory m_tables;
};

class AttentionOperator final : public PreparedOperator
{
public:
    AttentionOperator(Backend &backend, const CacheShape &shape,
                      std::vector<SequenceShape> sequences)
        : m_backend(&backend)
        , m_shape(shape)
        , m_sequences(std::move(sequences))
        , m_cache(backend, shape, m_sequences)
        , m_q(backend, totalNewTokens(m_sequences), int64_t {shape.heads} * shape.headDim,
              randomFloats(
                  static_cast<size_t>(totalNewTokens(m_sequences) * shape.heads * shape.headDim),
                  24))
        , m_out(backend, totalNewTokens(m_sequences), int64_t {shape.heads} * shape.headDim)
    {
        m_cache.fill(m_sequences);
        StepLimits limits;
        limits.rows = totalNewTokens(m_sequences);
        limits.heads = shape.heads;
        limits.headDim = shape.headDim;
        limits.cacheType = shape.dtype;
        for (const SequenceShape &sequence : m_sequences)
            limits.contextTokens = std::max<int64_t>(limits.contextTokens, sequence.tokens);
        backend.reserve(limits);
    }
    void run() override
    {
        AttentionArgs args;
        args.q = m_q.view();
        args.out = m_out.view();
        args.cache = m_cache.view();
        args.placement = m_cache.rows(m_sequences);
        args.heads = m_shape.heads;
        args.scale = m_shape.scoreScale / std::sqrt(static_cast<float>(m_shape.headDim));
        m_backend->attention(args);
    }
    std::vector<float> output() const override { return m_out.download(); }
    bool guardsIntact() const override
    {
        return m_cache.intact() && m_q.intact() && m_out.intact();
    }

private:
    Backend *m_backend;
    CacheShape m_shape;
    std::vector<SequenceShape> m_sequences;
    PlacedCache m_cache;
    GuardedMatrix m_q;
    GuardedMatrix m_out;
};

class WriteKvOperator final : public PreparedOperator
{
public:
    WriteKvOperator(Backend &backend, const CacheShape &shape, std::vector<SequenceShape> sequences)
        : m_backend(&backend)
        , m_sequences(std::move(sequences))
        , m_cache(backend, shape, m_sequences)
        , m_k(random(backend, shape, 25))
        , m_v(random(backend, shape, 26))
    { }
    void run() override
    {
        m_backend->writeKv(m_k.view(), m_v.view(), m_cache.view(), m_cache.rows(m_sequences));
    }
    std::vector<float> output() const override { return m_cache.contents(); }
    bool guardsIntact() const override { return m_cache.intact() && m_k.intact() && m_v.intact(); }

private:
    GuardedMatrix random(Backend &backend, const CacheShape &shape, uint64_t seed) const
    {
        const int64_t rows = totalNewTokens(m_sequences);
        const int64_t cols = int64_t {shape.kvHeads} * shape.headDim;
        return {backend, rows, cols, randomFloats(static_cast<size_t>(rows * cols), seed)};
    }

    Backend *m_backend;
    std::vector<SequenceShape> m_sequences;
    PlacedCache m_cache;
    GuardedMatrix m_k;
    GuardedMatrix m_v;
};

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

} // namespace

OperatorCase attentionCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    OperatorCase result = cacheCase("attention", cache, sequences);
    if (cache.scoreScale != 1.0f) // as in "scores x 1000"
        result.shape += ", scores x " + std::to_string(static_cast<int>(cache.scoreScale));
    // A score's rounding error is relative to the score, and the exponential makes it absolute.
    result.tolerance = kAttentionTolerance * std::max(1.0, static_cast<double>(cache.scoreScale));
    const double headDim = cache.headDim;
    for (const SequenceShape &sequence : sequences) {
        const double rows = sequence.newTokens;
        const double seen = rows * (sequence.tokens - (rows - 1) / 2); // keys over all rows
        result.flops += 4.0 * seen * cache.heads * headDim;
        result.bytes += 2.0 * sequence.tokens * cache.kvHeads * headDim * elementBytes(cache.dtype)
            + 2.0 * rows * cache.heads * headDim * sizeof(float);
    }
    result.prepare = [=](Backend &backend) {
        return std::make_unique<AttentionOperator>(backend, cache, sequences);
    };
    return result;
}

OperatorCase writeKvCase(const CacheShape &cache, const std::vector<SequenceShape> &sequences)
{
    OperatorCase result = cacheCase("writeKv", cache, sequences);
    result.tolerance = 0.0;
    const double values =
        2.0 * static_cast<double>(totalNewTokens(sequences)) * cache.kvHeads * cache.headDim;
    result.bytes = values * (sizeof(float) + elementBytes(cache.dtype));
    result.prepare = [=](Backend &backend) {
        return std::make_unique<WriteKvOperator>(backend, cache, sequences);
    };
    return result;
}

} // namespace inferlab
